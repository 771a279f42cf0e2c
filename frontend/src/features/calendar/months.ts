/** Days as the months of a calendar. Pure. */
import { addDays, utcOf } from '@/shared/format/format';

export interface Day {
  date: string;
  value: number | null;
  /** 1 (least) to `LEVELS` (most); 0 without a value. */
  level: number;
}

export interface Month {
  /** Its first day. */
  first: string;
  /** Empty places before the first day that is shown, for weeks that begin on Monday. */
  before: number;
  days: Day[];
}

export const LEVELS = 5;

/** Where levels begin: fifths of the values, so that one strange day does not pale all others. */
export function levelsOf(values: readonly (number | null)[]): number[] {
  const sorted = values.filter((value) => value !== null).sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Array.from({ length: LEVELS }, (_, level) => at(level / LEVELS));
}

export function levelOf(value: number | null, levels: number[]): number {
  if (value === null) return 0;
  return Math.max(1, levels.findLastIndex((begin) => value >= begin) + 1);
}

/** The newest month first. */
export function monthsOf(first: string, values: readonly (number | null)[]): Month[] {
  const levels = levelsOf(values);
  const months = new Map<string, Month>();
  values.forEach((value, index) => {
    const date = addDays(first, index);
    const key = date.slice(0, 7);
    const month = months.get(key) ?? { first: `${key}-01`, before: weekdayOf(date), days: [] };
    month.days.push({ date, value, level: levelOf(value, levels) });
    months.set(key, month);
  });
  return [...months.values()].reverse();
}

/** 0 is Monday. */
export function weekdayOf(date: string): number {
  return (new Date(utcOf(date)).getUTCDay() + 6) % 7;
}
