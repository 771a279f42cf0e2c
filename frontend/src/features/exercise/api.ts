import { api, type Schemas } from '@/shared/api/client';

export type Week = Schemas['ExerciseSummary'];

/** The week that a day is in. */
export function useWeek(day: string | undefined) {
  return api.useQuery('get', '/api/exercise/weekly-summary', { params: { query: { week_of: day } } });
}
