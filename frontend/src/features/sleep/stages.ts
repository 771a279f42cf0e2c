/** The stages of a night in their order, from readings of each. Pure. */
import type { Readings } from './api';

/** From the top of a hypnogram to its foot. */
export const LANES = ['awake', 'rem', 'light', 'asleep', 'deep'] as const;
export type Lane = (typeof LANES)[number];

export interface Stretch {
  lane: Lane;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

export interface Stages {
  /** Whose word counts. */
  source: string;
  /** Who measured the night too. */
  others: string[];
  stretches: Stretch[];
}

export const kindOf = (lane: Lane) => `sleep_${lane}`;

/** Of the source that goes first in the person's order, within the night; none where nobody told more than
 * that there was sleep. */
export function stagesOf(readings: readonly Readings[], from: number, to: number, order: readonly string[]): Stages | undefined {
  const bySource = new Map<string, Stretch[]>();
  for (const { kind, series, of, at, until } of readings) {
    const lane = LANES.find((one) => kindOf(one) === kind);
    at.forEach((start, index) => {
      const [end, source] = [until[index], series[of[index] ?? 0]?.source];
      if (lane === undefined || end == null || source === undefined || start >= to || end <= from) return;
      bySource.set(source, [...(bySource.get(source) ?? []), { lane, from: Math.max(start, from), to: Math.min(end, to) }]);
    });
  }
  const sources = [...bySource.keys()].sort((one, other) => rankIn(order, one) - rankIn(order, other));
  const staged = (source: string) => bySource.get(source)?.some(({ lane }) => lane === 'rem' || lane === 'deep' || lane === 'light');
  const [source] = sources;
  if (source === undefined || !staged(source)) return undefined;
  const stretches = (bySource.get(source) ?? []).sort((one, other) => one.from - other.from);
  return { source, others: sources.slice(1), stretches };
}

function rankIn(order: readonly string[], source: string): number {
  const rank = order.indexOf(source);
  return rank < 0 ? order.length : rank;
}
