import { expect, it } from 'vitest';
import { moved, placeAt } from './order';

it('moves a row, and nothing beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  for (const to of [-1, 3]) expect(moved(['a', 'b', 'c'], 1, to)).toEqual(['a', 'b', 'c']);
});

it('drops a row between the middles of others', () => {
  expect([5, 25, 95].map((y) => placeAt(y, [10, 30, 50], 0))).toEqual([0, 0, 2]);
  expect(placeAt(5, [10, 30, 50], 2)).toBe(0);
});
