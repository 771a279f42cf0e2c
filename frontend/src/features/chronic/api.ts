import { api, type Schemas } from '@/shared/api/client';

export type Heart = Schemas['HeartTrends'];
export type Diabetes = Schemas['DiabetesTrends'];
export type Mentions = Schemas['Mentions'];
type Condition = Schemas['ConditionType'];

/** The API follows one condition at a time; what is written down of each stands with it. */
export function useTrends(condition_type: Condition, days: number) {
  return api.useQuery('get', '/api/chronic/trends', { params: { query: { condition_type, days } } });
}
