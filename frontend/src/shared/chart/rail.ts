/** The rail below a chart: markers as buttons, those that would overlap merged. Pure. */
import type { Direction } from '@/shared/ui/marks';

export interface Marker {
  /** Of the finding. */
  id: string;
  date: string;
  direction: Direction;
  isUnusual: boolean;
  isClinical: boolean;
  isSeen: boolean;
  /** Higher is graver. */
  rank: number;
}

export interface Cluster {
  /** From the chart's left edge, in pixels. */
  left: number;
  markers: Marker[];
  /** The gravest, whose shape the button shows. */
  head: Marker;
}

/** The least width of a button that a thumb can hit (WCAG 2.5.8 asks for 24). */
export const BUTTON = 28;

export function clustersOf(markers: Marker[], positionOf: (date: string) => number): Cluster[] {
  const placed = markers
    .map((marker) => ({ marker, left: positionOf(marker.date) }))
    .sort((one, other) => one.left - other.left);
  const clusters: { lefts: number[]; markers: Marker[] }[] = [];
  for (const { marker, left } of placed) {
    const last = clusters.at(-1);
    if (last && left - mean(last.lefts) < BUTTON) {
      last.lefts.push(left);
      last.markers.push(marker);
    } else clusters.push({ lefts: [left], markers: [marker] });
  }
  return apart(
    clusters.map(({ lefts, markers: merged }) => ({
      left: mean(lefts),
      markers: merged,
      head: merged.reduce((worst, marker) => (marker.rank > worst.rank ? marker : worst)),
    })),
  );
}

/** Merging moves the middle: what came too near by that is merged again. */
function apart(clusters: Cluster[]): Cluster[] {
  const near = clusters.findIndex((cluster, index) => {
    const next = clusters[index + 1];
    return next !== undefined && next.left - cluster.left < BUTTON;
  });
  const [one, other] = [clusters[near], clusters[near + 1]];
  if (one === undefined || other === undefined) return clusters;
  const total = one.markers.length + other.markers.length;
  const joined = {
    left: (one.left * one.markers.length + other.left * other.markers.length) / total,
    markers: [...one.markers, ...other.markers],
    head: other.head.rank > one.head.rank ? other.head : one.head,
  };
  return apart([...clusters.slice(0, near), joined, ...clusters.slice(near + 2)]);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of the known values of seven days, ending with each; null below four of them. */
export function weekMeans(values: (number | null)[]): (number | null)[] {
  let [sum, known] = [0, 0];
  return values.map((value, index) => {
    const left = values[index - 7] ?? null;
    if (left !== null) [sum, known] = [sum - left, known - 1];
    if (value !== null) [sum, known] = [sum + value, known + 1];
    return known < 4 ? null : sum / known;
  });
}
