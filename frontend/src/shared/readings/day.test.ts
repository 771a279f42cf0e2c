import { describe, expect, it } from 'vitest';
import { hourIn, hourly, stretchesOf, type Point } from './day';

const at = (hour: number, value = 100, counts = true): Point => ({ hour, value, counts });

describe('a day of readings', () => {
  it('is a line with gaps, of what counts, in order', () => {
    const stretches = stretchesOf([at(3.5), at(1), at(1.25), at(1.3, 90, false), at(3.25)]);
    expect(stretches.map((one) => one.map(({ hour }) => hour))).toEqual([[1, 1.25], [3.25, 3.5]]);
  });

  it('keeps the lowest and the highest where there is more than can be seen', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => at((index / 10_000) * 24, index === 4_321 ? 40 : index === 8_765 ? 300 : 100));
    const drawn = stretchesOf(many, 100).flat();
    expect(drawn.length).toBeLessThanOrEqual(200);
    expect([Math.min(...drawn.map(({ value }) => value)), Math.max(...drawn.map(({ value }) => value))]).toEqual([40, 300]);
  });

  it('has sums by the hour, of the parts that count', () => {
    const sums = hourly([{ ...at(7.9, 100), part: 1 }, { ...at(7.1, 50), part: 0.5 }, { ...at(23.99, 7), part: 1 }]);
    expect([sums[7], sums[23], sums[0]]).toEqual([125, 7, 0]);
  });

  it('knows the hour where the person lives', () => {
    expect(hourIn('Asia/Kolkata')('2026-11-01T18:30:00Z')).toBe(0);
    expect(hourIn('Europe/Berlin')('2026-07-01T12:15:00Z')).toBe(14.25);
  });
});
