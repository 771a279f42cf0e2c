/** The two routes that all others hang on: features add theirs below `shell`. */
import { createRootRoute, createRoute, notFound } from '@tanstack/react-router';

export const root = createRootRoute();

/** Everything that needs a signed-in person: with the bar or rail around it. */
export const shell = createRoute({ getParentRoute: () => root, id: 'shell' });

/** A search parameter as text, if it is one. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** A search parameter as one of some words or numbers, if it is. */
export function oneOf<Word extends string | number>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** A search parameter as a local date, if it is one of the calendar. */
export function day(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value) ? value : undefined;
}

/** `beforeLoad` of a screen of one day: there is none of a day that there is not. */
export function requireDay({ params: { date } }: { params: { date: string } }): void {
  if (day(date) === undefined) throw notFound();
}
