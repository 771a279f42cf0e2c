/** A day's readings as what is drawn of them. Pure. */

export interface Point {
  /** Hours since midnight. */
  hour: number;
  value: number;
  counts: boolean;
}

/** A line stops where nothing was measured for so long. */
const GAP_HOURS = 1;

/** Hours since midnight where the person lives. */
export function hourIn(timeZone: string): (instant: string) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  return (instant) => {
    const parts = format.formatToParts(new Date(instant));
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    return of('hour') + of('minute') / 60;
  };
}

/** Stretches without a gap, each in order; of more points than can be seen the lowest and highest of each
 * of so many moments. */
export function stretchesOf(points: readonly Point[], moments = 360): Point[][] {
  const sorted = points.filter(({ counts }) => counts).sort((one, other) => one.hour - other.hour);
  const seen = sorted.length > moments * 2 ? thinned(sorted, moments) : sorted;
  const stretches: Point[][] = [];
  for (const point of seen) {
    const last = stretches.at(-1);
    const before = last?.at(-1);
    if (last && before && point.hour - before.hour <= GAP_HOURS) last.push(point);
    else stretches.push([point]);
  }
  return stretches;
}

function thinned(sorted: readonly Point[], moments: number): Point[] {
  const kept = new Map<number, [Point, Point]>();
  for (const point of sorted) {
    const moment = Math.floor((point.hour / 24) * moments);
    const [low, high] = kept.get(moment) ?? [point, point];
    kept.set(moment, [point.value < low.value ? point : low, point.value > high.value ? point : high]);
  }
  return [...kept.values()].flatMap(([low, high]) => (low === high ? [low] : [low, high].sort((one, other) => one.hour - other.hour)));
}

/** The sum of each hour of the day. */
export function hourly(points: readonly (Point & { part: number })[]): number[] {
  const sums = Array.from({ length: 24 }, () => 0);
  for (const { hour, value, part } of points) {
    const at = Math.min(23, Math.floor(hour));
    sums[at] = (sums[at] ?? 0) + value * part;
  }
  return sums;
}
