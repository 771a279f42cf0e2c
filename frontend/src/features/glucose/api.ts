import { api, type Schemas } from '@/shared/api/client';

export type Trends = Schemas['DiabetesTrends'];

/** What the last days' readings come to. */
export function useTrends(days: number) {
  const query = { condition_type: 'diabetes', days } as const;
  return api.useQuery('get', '/api/chronic/trends', { params: { query } }, { select: (trends) => trends as Trends });
}
