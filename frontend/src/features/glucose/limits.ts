/** The parts of time in range, with the limits that the names of the API's fields give. */
import type { Trends } from './api';

export type Level = 'veryHigh' | 'high' | 'inRange' | 'low' | 'veryLow';

export interface Part {
  level: Level;
  low?: number;
  high?: number;
  /** Per cent. */
  pct: number;
}

export function limitsOf(ranges: Trends['ranges']): { below: number[]; above: number[] } {
  const limits = (side: string) =>
    Object.keys(ranges)
      .flatMap((name) => name.match(new RegExp(`^${side}_(\\d+)_pct$`))?.[1] ?? [])
      .map(Number)
      .sort((one, other) => one - other);
  return { below: limits('below'), above: limits('above') };
}

/** From the highest to the lowest; undefined without readings. Of the API's shares each outer one is
 * a part of the next. */
export function partsOf(ranges: Trends['ranges']): Part[] | undefined {
  const { below, above } = limitsOf(ranges);
  const of = (side: string, limit?: number) => ranges[`${side}_${limit ?? ''}_pct` as keyof typeof ranges] ?? 0;
  if (ranges.in_range_pct === null) return undefined;
  const [veryLow, low] = [below[0], below.at(-1)];
  const [high, veryHigh] = [above[0], above.at(-1)];
  return [
    { level: 'veryHigh', low: veryHigh, pct: of('above', veryHigh) },
    { level: 'high', low: high, high: veryHigh, pct: of('above', high) - of('above', veryHigh) },
    { level: 'inRange', low, high, pct: ranges.in_range_pct },
    { level: 'low', low: veryLow, high: low, pct: of('below', low) - of('below', veryLow) },
    { level: 'veryLow', high: veryLow, pct: of('below', veryLow) },
  ];
}
