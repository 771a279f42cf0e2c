/** The line below the noise of daily weighing. Pure. */

/** A tenth of the way to each day's value: the smoothing of The Hacker's Diet (Walker, 1991). A gap is
 * crossed as if its days had been on the line to the next value, so that a pause does not slow it. */
const DAILY = 0.1;

/** The trend of each day; null before the first value and after the last. */
export function smooth(values: readonly (number | null)[]): (number | null)[] {
  const trend: (number | null)[] = values.map(() => null);
  let level: number | null = null;
  let last = -1;
  values.forEach((value, index) => {
    if (value === null) return;
    const before = level;
    const gap = index - last;
    level = before === null ? value : value + (before - value) * (1 - DAILY) ** gap;
    if (before !== null) for (let day = 1; day < gap; day += 1) trend[last + day] = before + ((level - before) * day) / gap;
    trend[index] = level;
    last = index;
  });
  return trend;
}

/** How much the trend moved in a week, over its last days; null where it is too short. */
export function perWeek(trend: readonly (number | null)[], days = 28): number | null {
  const known = trend.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const end = known.at(-1);
  const start = end && known.find(({ index }) => index >= end.index - days);
  if (!start || !end || end.index - start.index < 7) return null;
  return ((end.value - start.value) / (end.index - start.index)) * 7;
}
