/** What a preview says, as the screen shows it. Pure. */
import type { Import, ImportOptions, Preview } from './api';

export type Found = Preview['readings'][number];
export type Held = Preview['held'][number];
export type Question = Preview['questions'][number];

/** All readings of a kind. */
export interface FoundKind {
  kind: string;
  isNew: number;
  alreadyThere: number;
  repeated: number;
  low: number;
  high: number;
  storedUnit: string;
  sources: string[];
  units: string[];
}

/** In the order in which the kinds come. */
export function kindsOf(readings: readonly Found[]): FoundKind[] {
  const kinds = new Map<string, FoundKind>();
  for (const one of readings) {
    const before = kinds.get(one.kind);
    kinds.set(one.kind, {
      kind: one.kind,
      isNew: (before?.isNew ?? 0) + one.readings - one.already_there,
      alreadyThere: (before?.alreadyThere ?? 0) + one.already_there,
      repeated: (before?.repeated ?? 0) + one.repeated,
      low: Math.min(before?.low ?? one.low, one.low),
      high: Math.max(before?.high ?? one.high, one.high),
      storedUnit: one.stored_unit,
      sources: [...new Set([...(before?.sources ?? []), one.source])],
      units: [...new Set([...(before?.units ?? []), one.unit])],
    });
  }
  return [...kinds.values()];
}

export const LEAVE = 'leave';
export const ACCEPT = 'accept';
/** No answer yet: they wait. */
export const LATER = 'later';

/** What can be done with readings that are held back: the guess first, to decide later last. */
export function waysOf({ guess, reason }: Pick<Held, 'guess' | 'reason'>): string[] {
  return [...(guess ? [guess] : []), ...(reason === 'implausible' ? [ACCEPT] : []), LEAVE, LATER];
}

/** What is said to the server. */
export function answered(answers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(answers).filter(([, way]) => way !== LATER));
}

/** How much would be stored. Until they are answered for, held readings wait. */
export function newIn({ readings, entries, held }: Preview, answers: Record<string, string>): number {
  const taken = held.filter(({ group }) => ![LEAVE, LATER].includes(answers[group] ?? LATER));
  return (
    kindsOf(readings).reduce((sum, { isNew }) => sum + isNew, 0) +
    entries.reduce((sum, { entries: all, already_there }) => sum + all - already_there, 0) +
    taken.reduce((sum, { count }) => sum + count, 0)
  );
}

/** What a question is about: an option, and the column that it is for. */
export function topicOf(option: string): { topic: string; column?: string } {
  const dot = option.indexOf('.');
  return dot < 0 ? { topic: option } : { topic: option.slice(0, dot), column: option.slice(dot + 1) };
}

/** The options to read the file with: those of before, with the answers in them. */
export function optionsOf({ options }: Pick<Import, 'options'>, answers: Record<string, string>): ImportOptions {
  const changed: Record<string, unknown> = { ...options };
  delete changed.answers;
  for (const [option, answer] of Object.entries(answers)) {
    const { topic, column } = topicOf(option);
    if (column === undefined) changed[topic] = answer === 'true' ? true : answer === 'false' ? false : answer;
    else changed[topic] = { ...(changed[topic] as object | undefined), [column]: answer };
  }
  return changed as ImportOptions;
}
