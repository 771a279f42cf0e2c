import { expect, it } from 'vitest';
import type { Daily, FindingOfDay } from './api';
import { headlineOf } from './headline';

const seen = { is_acknowledged: true } as FindingOfDay;
const day = (open: number, found: FindingOfDay[], status: Daily['status'] = 'ready') =>
  headlineOf({ open_anomalies: { total: open, items: [] }, findings_of_day: found, status });

it('goes by findings, whatever else is known', () => {
  expect(day(2, [])).toBe('look');
  expect(day(1, [seen], 'stale')).toBe('look');
  expect(day(0, [seen])).toBe('seen');
});

it('says how far VitalIQ is where there is none', () => {
  expect([day(0, []), day(0, [], 'learning'), day(0, [], 'stale')]).toEqual(['calm', 'learning', 'quiet']);
});
