import { describe, expect, it } from 'vitest';
import { isFull, profileOf, quantile } from './profile';

describe('the glucose profile', () => {
  it('takes quantiles between the nearest values', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([7], 0.95)).toBe(7);
  });

  it('has slots of an hour where a sensor fills them', () => {
    const readings = Array.from({ length: 24 * 6 }, (_, index) => ({ hour: index / 6, value: 100 + index }));
    const profile = profileOf(readings);
    expect(profile).toHaveLength(24);
    expect(isFull(profile)).toBe(true);
    expect(profile[0]?.percentiles?.[2]).toBe(102.5);
  });

  it('has wide slots for a few readings a day, and says nothing of those with too few', () => {
    const readings = Array.from({ length: 6 }, (_, day) => ({ hour: 7 + day / 10, value: 90 }));
    const profile = profileOf([...readings, { hour: 20, value: 140 }]);
    expect(profile).toHaveLength(8);
    expect(profile[2]).toMatchObject({ from: 6, to: 9, count: 6, percentiles: [90, 90, 90, 90, 90] });
    expect(profile[6]).toMatchObject({ count: 1, percentiles: null });
  });
});
