/** What a finished import tells of itself. Pure. */
export interface Rejected {
  line: number;
  column: string | null;
  reason: string;
}

export interface Result {
  stored: number;
  days: number;
  alreadyThere: number;
  rejected: Rejected[];
  rejectedRows: number;
  /** Columns that no metric is behind. */
  ignored: string[];
  /** Undefined where nothing was looked for: an export brings its findings along. */
  found: number | undefined;
}

/** An import of a table and one of an export tell different things. */
export function resultOf(told: Record<string, unknown> | null): Result {
  const counts = Object.values((told?.stored ?? {}) as Record<string, number>);
  return {
    stored: counts.reduce((sum, count) => sum + count, 0),
    days: Number(told?.days ?? 0),
    alreadyThere: Number(told?.already_there ?? 0),
    rejected: (told?.rejected ?? []) as Rejected[],
    rejectedRows: Number(told?.rejected_rows ?? 0),
    ignored: Object.keys((told?.ignored ?? {}) as object),
    found: typeof told?.found === 'number' ? told.found : undefined,
  };
}
