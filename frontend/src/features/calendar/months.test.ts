import { describe, expect, it } from 'vitest';
import { levelOf, levelsOf, monthsOf, weekdayOf } from './months';

describe('the calendar', () => {
  it('has a month for each that the days touch, the newest first', () => {
    const months = monthsOf('2026-10-30', [1, 2, 3, 4]);
    expect(months.map(({ first, before, days }) => [first, before, days.length])).toEqual([
      ['2026-11-01', 6, 2],
      ['2026-10-01', 4, 2],
    ]);
  });

  it('begins weeks on Monday', () => {
    expect([weekdayOf('2026-11-23'), weekdayOf('2026-11-29')]).toEqual([0, 6]);
  });

  it('shades by fifths of the values, and leaves days without one alone', () => {
    const levels = levelsOf([10, 20, null, 30, 40, 1_000]);
    expect(levels).toEqual([10, 20, 30, 40, 1_000]);
    expect([null, 5, 10, 25, 1_000].map((value) => levelOf(value, levels))).toEqual([0, 1, 1, 2, 5]);
  });
});
