/** When a night was, on a line of hours around the midnight before the day that it is of. Pure. */
import { daysBetween } from '@/shared/format/format';
import type { NightEntry } from './api';

export interface Span {
  /** Hours from that midnight; negative before it. */
  from: number;
  to: number;
}

/** Where the person lives: hours of an instant from the midnight that a day begins with. */
export function hoursFrom(timeZone: string): (date: string, instant: string) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (date, instant) => {
    const [day = date, time = ''] = format.format(new Date(instant)).split(' ');
    const [hours, minutes] = time.split(':').map(Number);
    return daysBetween(date, day) * 24 + (hours ?? 0) + (minutes ?? 0) / 60;
  };
}

export function spanOf(night: NightEntry, hours: ReturnType<typeof hoursFrom>): Span | undefined {
  if (night.bedtime === null || night.wake_time === null) return undefined;
  return { from: hours(night.date, night.bedtime), to: hours(night.date, night.wake_time) };
}

/** Whole hours that hold every night, whenever this person sleeps. */
export function frameOf(spans: Span[]): Span {
  return {
    from: Math.floor(Math.min(...spans.map(({ from }) => from))),
    to: Math.ceil(Math.max(...spans.map(({ to }) => to))),
  };
}

/** Hours of the line as a time of the day. */
export function asTime(hours: number): number {
  return ((hours % 24) + 24) % 24;
}
