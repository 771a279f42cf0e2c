/** The ambulatory glucose profile: readings of many days by the time of day. Pure. */

export interface Timed {
  /** Hours since midnight, 0 to 24. */
  hour: number;
  value: number;
}

/** The percentiles of the readings of some hours of the day. */
export interface Slot {
  from: number;
  to: number;
  count: number;
  /** The 5th, 25th, 50th, 75th and 95th percentile; null where there are too few readings. */
  percentiles: [number, number, number, number, number] | null;
}

const PERCENTILES = [5, 25, 50, 75, 95] as const;
/** Fewer readings say nothing of a tenth of them. */
const ENOUGH = 5;
const WIDTHS = [1, 2, 3] as const;
const WIDEST = 3;

/** Slots as narrow as the readings allow: of one hour where a sensor fills them all, else wider. */
export function profileOf(readings: Timed[]): Slot[] {
  const width = WIDTHS.find((hours) => isFull(slotsOf(readings, hours))) ?? WIDEST;
  return slotsOf(readings, width);
}

export function isFull(slots: Slot[]): boolean {
  return slots.every(({ percentiles }) => percentiles !== null);
}

function slotsOf(readings: Timed[], width: number): Slot[] {
  return Array.from({ length: 24 / width }, (_, index) => {
    const [from, to] = [index * width, (index + 1) * width];
    const values = readings.filter(({ hour }) => hour >= from && hour < to).map(({ value }) => value);
    return { from, to, count: values.length, percentiles: values.length < ENOUGH ? null : percentilesOf(values) };
  });
}

function percentilesOf(values: number[]): Slot['percentiles'] {
  const sorted = [...values].sort((one, other) => one - other);
  return PERCENTILES.map((percent) => quantile(sorted, percent / 100)) as unknown as Slot['percentiles'];
}

/** Between the two nearest, as most programs do (type 7 of Hyndman and Fan, 1996). */
export function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
