import { describe, expect, it } from 'vitest';
import type { NightEntry } from './api';
import { asTime, frameOf, hoursFrom, spanOf } from './clock';

const night = (date: string, bedtime: string, wake_time: string) => ({ date, bedtime, wake_time }) as NightEntry;

describe('the line of a night', () => {
  it('is about the midnight before its day, where the person lives', () => {
    const hours = hoursFrom('Europe/Berlin');
    expect(spanOf(night('2026-11-26', '2026-11-25T22:30:00Z', '2026-11-26T06:00:00Z'), hours)).toEqual({ from: -0.5, to: 7 });
  });

  it('holds the sleep of a day as well, for who works at night', () => {
    const hours = hoursFrom('UTC');
    expect(spanOf(night('2026-11-26', '2026-11-26T08:15:00Z', '2026-11-26T15:00:00Z'), hours)).toEqual({ from: 8.25, to: 15 });
  });

  it('is framed by whole hours', () => {
    expect(frameOf([{ from: -1.5, to: 6.2 }, { from: 0.3, to: 8 }])).toEqual({ from: -2, to: 8 });
    expect([asTime(-2), asTime(8), asTime(24)]).toEqual([22, 8, 0]);
  });
});
