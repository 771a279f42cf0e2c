/** Which readings are open, as it stands in the address: `chronic.2026-11-01.2026-11-14.blood_glucose_mgdl`. */
import { isTracker, type Tracker } from '@/shared/trackers';

export interface Asked {
  tracker: Tracker;
  from: string;
  to: string;
  /** Only entries that have one of these, and of them only these. */
  columns: string[];
}

/** A search parameter of every screen whose numbers can be opened. */
export interface ReadingsSearch {
  readings?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function askFor(tracker: Tracker, from: string, to: string, ...columns: string[]): string {
  return [tracker, from, to, ...columns].join('.');
}

export function askedIn(text: string | undefined): Asked | undefined {
  const [tracker = '', from = '', to = '', ...columns] = text?.split('.') ?? [];
  return isTracker(tracker) && DAY.test(from) && DAY.test(to) ? { tracker, from, to, columns } : undefined;
}
