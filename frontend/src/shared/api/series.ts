/** Metrics day by day, as the API answers them: in columns. */
import { addDays } from '@/shared/format/format';
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

/** The answer without the days before anything was logged, but of at least a month. */
export function trimmed(answer: Schemas['SeriesOut']): Schemas['SeriesOut'] {
  const length = answer.series[0]?.values.length ?? 0;
  const starts = answer.series.map(({ values }) => values.findIndex((value) => value !== null));
  const start = Math.min(...starts.filter((index) => index >= 0), Math.max(0, length - 30));
  const cut = <Value>(column: Value[]) => column.slice(start);
  return {
    ...answer,
    first: addDays(answer.first, start),
    series: answer.series.map((one) => ({
      ...one,
      values: cut(one.values),
      usual: one.usual && { low: cut(one.usual.low), median: cut(one.usual.median), high: cut(one.usual.high) },
    })),
  };
}
