/** Numbers, days and times as the reader writes them. Pure: the locale is given. */

const DAY = 86_400_000;

export interface Formats {
  number(value: number, decimals?: number): string;
  /** With its sign, and a real minus. */
  change(value: number, decimals?: number): string;
  percent(share: number): string;
  range(low: number, high: number, decimals?: number): string;
  /** Hours as hours and minutes: 7:12. */
  hours(value: number): string;
  day(date: string): string;
  longDay(date: string): string;
  shortDay(date: string): string;
  month(date: string): string;
  weekday(date: string): string;
  /** The days of two instants, with their year: 13–19 Jan 2024. */
  dates(first: string, last: string): string;
  moment(instant: string): string;
  time(instant: string): string;
  /** How many days ago, in words: "yesterday", "9 days ago". */
  ago(days: number): string;
  list(parts: string[]): string;
}

/** A local date as the UTC instant of its midnight: charts and sums of days know no time zone. */
export function utcOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

export function dateOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return dateOf(utcOf(date) + days * DAY);
}

export function daysBetween(first: string, last: string): number {
  return Math.round((utcOf(last) - utcOf(first)) / DAY);
}

/** Today's date where the person lives. */
export function todayIn(timeZone: string, now = new Date()): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
}

/** What was typed, with a decimal comma or point; undefined if it is no number. */
export function readNumber(typed: string): number | undefined {
  const plain = typed.trim().replace(/\s/g, '').replace(',', '.').replace('−', '-');
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}

export function formatsOf(locale: string, timeZone?: string): Formats {
  const fixed = new Map<string, Intl.NumberFormat>();
  function numbers(decimals: number, sign: boolean): Intl.NumberFormat {
    const key = `${decimals} ${sign}`;
    let made = fixed.get(key);
    if (made === undefined) {
      made = new Intl.NumberFormat(locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        signDisplay: sign ? 'exceptZero' : 'auto',
      });
      fixed.set(key, made);
    }
    return made;
  }
  const inDays = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    return (date: string) => format.format(utcOf(date));
  };
  const atTimes = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone });
    return (instant: string) => format.format(new Date(instant));
  };
  const span = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  return {
    number: (value, decimals = 0) => numbers(decimals, false).format(value),
    change: (value, decimals = 0) => numbers(decimals, true).format(value).replace('-', '−'),
    percent: (value) => share.format(value),
    range: (low, high, decimals = 0) =>
      `${numbers(decimals, false).format(low)}–${numbers(decimals, false).format(high)}`,
    hours: (value) => {
      const minutes = Math.round(value * 60);
      return `${Math.trunc(minutes / 60)}:${String(Math.abs(minutes % 60)).padStart(2, '0')}`;
    },
    day: inDays({ weekday: 'short', day: 'numeric', month: 'short' }),
    longDay: inDays({ weekday: 'long', day: 'numeric', month: 'long' }),
    shortDay: inDays({ day: 'numeric', month: 'short' }),
    month: inDays({ month: 'long', year: 'numeric' }),
    weekday: inDays({ weekday: 'short' }),
    dates: (first, last) => span.formatRange(new Date(first), new Date(last)),
    moment: atTimes({ dateStyle: 'medium', timeStyle: 'short' }),
    time: atTimes({ timeStyle: 'short' }),
    ago: (days) => relative.format(-days, 'day'),
    list: (parts) => lists.format(parts),
  };
}
