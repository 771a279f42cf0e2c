/** Why the server refused something, in the reader's language: found by the code of the refusal.
 * English is the server's own, and stands in for what has no words yet. Pure. */
import type { Problem } from '@/shared/api/client';

type Table = Readonly<Record<string, string>>;

/** messages/<language>/refused.json. */
export interface Words {
  problems: Table;
  fields: Table;
}

export interface Reason {
  /** The field of the form that it is about. */
  field?: string;
  text: string;
  language: string;
}

export function reasonsOf(problem: Problem, words: Words | undefined, language: string): Reason[] {
  const reason = (told: string | undefined, english: string): Reason => (told ? { text: told, language } : { text: english, language: 'en' });
  if (problem.errors.length === 0) return [reason(words?.problems[problem.code], problem.detail)];
  return problem.errors.map(({ loc, msg, code, limit }) => ({
    field: fieldOf(loc),
    ...reason(words && withLimit(words.fields, code, limit, language), msg),
  }));
}

function fieldOf(loc: readonly (string | number)[]): string | undefined {
  return loc.slice(1).filter((part) => typeof part === 'string').at(-1);
}

function withLimit(fields: Table, code: string, limit: number | null, language: string): string | undefined {
  const told = fields[code];
  if (!told?.includes('{{limit}}')) return told;
  return limit == null ? fields.misfit : told.replace('{{limit}}', limit.toLocaleString(language));
}
