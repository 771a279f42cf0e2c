/** The six trackers of the API, by the table that evidence names. */
export const TRACKER_OF_TABLE = {
  food_entries: 'nutrition',
  sleep_entries: 'sleep',
  exercise_entries: 'exercise',
  vital_signs: 'vitals',
  body_metrics: 'body',
  chronic_metrics: 'chronic',
} as const;

export type Tracker = (typeof TRACKER_OF_TABLE)[keyof typeof TRACKER_OF_TABLE];

export function trackerOf(table: string): Tracker | undefined {
  return table in TRACKER_OF_TABLE ? TRACKER_OF_TABLE[table as keyof typeof TRACKER_OF_TABLE] : undefined;
}

export function isTracker(name: string): name is Tracker {
  return Object.values<string>(TRACKER_OF_TABLE).includes(name);
}
