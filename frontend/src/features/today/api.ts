import { api, type Schemas } from '@/shared/api/client';

export type DailyMetric = Schemas['DailyMetric'];
export type Daily = Schemas['DailyDashboard'];
export type FindingOfDay = Schemas['FindingOfDay'];
export type OpenAnomaly = Schemas['OpenAnomaly'];

/** A day against what is usual; without a date, today. */
export function useDay(date: string | undefined) {
  return api.useQuery(
    'get',
    '/api/dashboard',
    { params: { query: { period: 'daily', date } } },
    { select: (answer) => answer as Daily },
  );
}
