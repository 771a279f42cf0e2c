/** What a day is called. It goes by findings alone, as the marks on tiles, on "Review" and in the calendar do:
 * a value beyond most days, which one day in five has, is not unusual. Pure. */
import type { Daily } from './api';

type Known = Pick<Daily, 'open_anomalies' | 'findings_of_day' | 'status'>;

export function headlineOf({ open_anomalies: open, findings_of_day: found, status }: Known) {
  if (open.total > 0) return 'look';
  if (found.length > 0) return 'seen';
  if (status === 'learning') return 'learning';
  return status === 'stale' ? 'quiet' : 'calm';
}
