/** Metrics day by day, as the API answers them: in columns. */
import { api, type Schemas } from './client';

export type Series = Schemas['SeriesOfMetric'];

/** The days up to `to` (today where it is left out) of some metrics. */
export function useSeries(metrics: string[], days: number, to?: string) {
  return api.useQuery(
    'get',
    '/api/metrics/series',
    { params: { query: { metric: metrics, days, to } } },
    { enabled: metrics.length > 0 },
  );
}
