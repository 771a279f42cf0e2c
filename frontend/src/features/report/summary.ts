/** What a column of days comes to. Pure. */
export interface Summary {
  days: number;
  mean: number;
  least: number;
  most: number;
  /** Days outside a range; null where there is none. */
  outside: number | null;
}

export function summaryOf(values: readonly (number | null)[], range?: { low: number; high: number } | null): Summary | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  return {
    days: known.length,
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    least: Math.min(...known),
    most: Math.max(...known),
    outside: range ? known.filter((value) => value < range.low || value > range.high).length : null,
  };
}
