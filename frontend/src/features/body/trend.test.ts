import { describe, expect, it } from 'vitest';
import { perWeek, smooth } from './trend';

describe('the trend of weight', () => {
  it('goes a tenth of the way to each value', () => {
    expect(smooth([80, 81, 81])).toEqual([80, 80.1, expect.closeTo(80.19)]);
  });

  it('crosses a gap at the pace of its days, and says nothing outside the values', () => {
    const trend = smooth([null, 80, null, null, 81, null]);
    expect(trend[0]).toBeNull();
    expect(trend[5]).toBeNull();
    expect(trend[4]).toBeCloseTo(81 - 0.9 ** 3);
    expect(trend[2]).toBeCloseTo(80 + ((trend[4] ?? 0) - 80) / 3);
  });

  it('tells how fast it moves', () => {
    expect(perWeek(Array.from({ length: 29 }, (_, day) => 80 - day * 0.1))).toBeCloseTo(-0.7);
    expect(perWeek([80, 79])).toBeNull();
    expect(perWeek([null, null])).toBeNull();
  });
});
