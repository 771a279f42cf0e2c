import { describe, expect, it } from 'vitest';
import { askedIn, askFor } from './readings';

describe('readings in the address', () => {
  it('come back as they were asked for', () => {
    const text = askFor('vitals', '2026-11-01', '2026-11-14', 'blood_pressure_systolic', 'blood_pressure_diastolic');
    expect(askedIn(text)).toEqual({
      tracker: 'vitals',
      from: '2026-11-01',
      to: '2026-11-14',
      columns: ['blood_pressure_systolic', 'blood_pressure_diastolic'],
    });
  });

  it('are none where the address says something else', () => {
    for (const text of [undefined, '', 'vitals', 'users.2026-11-01.2026-11-14', 'vitals.yesterday.2026-11-14'])
      expect(askedIn(text)).toBeUndefined();
  });
});
