/** Which entries a metric's values come from. Pure. */
import type { Metric } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { isTracker, type Tracker } from '@/shared/trackers';
import { askFor } from './readings';

type Metrics = ReadonlyMap<string, { metric: Pick<Metric, 'source'> }>;

interface Basis {
  tracker: Tracker;
  columns: string[];
  /** How many days before its own day a value may look back. */
  earlier: number;
}

/** The columns of one tracker; of a formula those of its first input's, which evidence goes by too. */
export function basisOf(metrics: Metrics, key: string): Basis | undefined {
  const source = metrics.get(key)?.metric.source;
  if (source === undefined) return undefined;
  if (source.kind === 'column') return isTracker(source.tracker) ? { tracker: source.tracker, columns: [source.column], earlier: 0 } : undefined;
  const parts = source.inputs.flatMap(({ key: input, days_earlier: days }) => {
    const part = basisOf(metrics, input);
    return part ? [{ ...part, earlier: part.earlier + days }] : [];
  });
  const [first] = parts;
  const alike = parts.filter(({ tracker }) => tracker === first?.tracker);
  return (
    first && {
      tracker: first.tracker,
      columns: [...new Set(alike.flatMap(({ columns }) => columns))],
      earlier: Math.max(...alike.map(({ earlier }) => earlier)),
    }
  );
}

/** The search parameter that opens the entries behind a metric's values of some days. */
export function readingsBehind(metrics: Metrics, key: string, from: string, to = from): string | undefined {
  const basis = basisOf(metrics, key);
  return basis && askFor(basis.tracker, addDays(from, -basis.earlier), to, ...basis.columns);
}
