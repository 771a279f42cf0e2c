/** The explanation in words: cut into the text of a message and what fills it, so that each figure can
 * lead to what it came from. Pure. */
import type { Schemas } from '@/shared/api/client';

export type Clause = Schemas['ClauseOut'];
type Side = 'above' | 'below';

/** The messages `findings:explain.*` that a clause is told by. */
export type Template =
  | `outside.${'above' | 'below' | 'justAbove' | 'justBelow'}`
  | `middle.${Side}`
  | `limit.${Side | 'beyond'}`
  | `also.${Side}`
  | `edge.${Side}`
  | 'pattern' | 'unusual' | 'within' | 'value' | 'usual';

/** What stands for a metric, a day or a guideline, and the figures. */
const PLACES = ['label', 'day', 'guideline', 'value', 'usual', 'days', 'edge'] as const;
export type PlaceName = (typeof PLACES)[number];
export type Places = Partial<Record<PlaceName, string>>;

export type Piece =
  | { kind: 'text' | 'name'; text: string }
  /** A figure of the day, or one of the days before, and whose. */
  | { kind: 'figure'; text: string; of: 'day' | 'before'; metric: string };

/** Stands around a place's name in a message that is not yet filled; never seen. */
const MARK = '\u2063';
export const MARKS = Object.fromEntries(PLACES.map((name) => [name, MARK + name + MARK])) as Record<PlaceName, string>;
const FIGURES: Partial<Record<PlaceName, 'day' | 'before'>> = { value: 'day', usual: 'before', days: 'before', edge: 'before' };

export function templateOf(clause: Clause): Template {
  const { kind, direction: side } = clause;
  switch (kind) {
    case 'outside': {
      if (clause.usual_low === null || clause.usual_high === null) return `middle.${side ?? 'above'}`;
      if (!clause.is_at_edge) return `outside.${side ?? 'above'}`;
      return side === 'below' ? 'outside.justBelow' : 'outside.justAbove';
    }
    case 'limit':
      return `limit.${side ?? 'beyond'}`;
    case 'also':
      return `also.${side ?? 'above'}`;
    default:
      return kind;
  }
}

/** The end of the usual range that the value went beyond. */
export function edgeOf({ direction, usual_low: low, usual_high: high }: Clause): number | null {
  return direction === null ? null : direction === 'above' ? high : low;
}

/** A message with marks in it, filled; a figure that is not known leaves no gap. */
export function piecesOf(marked: string, places: Places, metric: string): Piece[] {
  return marked.split(MARK).flatMap((part, index): Piece[] => {
    if (index % 2 === 0) return part ? [{ kind: 'text', text: part }] : [];
    const text = places[part as PlaceName] ?? '';
    const of = FIGURES[part as PlaceName];
    if (text === '') return [];
    if (of === undefined) return [{ kind: 'name', text }];
    const bare: Piece = { kind: 'figure', text: text.trimStart(), of, metric };
    return text.startsWith(' ') ? [{ kind: 'text', text: ' ' }, bare] : [bare];
  });
}
