import { expect, it } from 'vitest';
import { summaryOf } from './summary';

it('counts the days that are known, and those outside the range', () => {
  expect(summaryOf([null, 10, 20, 60], { low: 15, high: 50 })).toEqual({ days: 3, mean: 30, least: 10, most: 60, outside: 2 });
  expect(summaryOf([10], null)?.outside).toBeNull();
  expect(summaryOf([null])).toBeUndefined();
});
