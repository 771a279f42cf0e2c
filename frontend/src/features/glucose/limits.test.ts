import { expect, it } from 'vitest';
import { limitsOf, partsOf } from './limits';

const ranges = { in_range_pct: 70, below_70_pct: 6, below_54_pct: 2, above_180_pct: 24, above_250_pct: 5 };

it('reads the limits from the names of the fields', () => {
  expect(limitsOf(ranges)).toEqual({ below: [54, 70], above: [180, 250] });
});

it('takes the outer parts out of the inner ones, so that all make a whole', () => {
  const parts = partsOf(ranges) ?? [];
  expect(parts.map(({ level, pct }) => [level, pct])).toEqual([
    ['veryHigh', 5], ['high', 19], ['inRange', 70], ['low', 4], ['veryLow', 2],
  ]);
  expect(parts.reduce((sum, { pct }) => sum + pct, 0)).toBe(100);
  expect(parts[2]).toMatchObject({ low: 70, high: 180 });
});

it('says nothing without readings', () => {
  expect(partsOf({ ...ranges, in_range_pct: null })).toBeUndefined();
});
