import { api, type Schemas } from '@/shared/api/client';

export type Pressure = Schemas['HypertensionTrends'];
export type Glucose = Schemas['DiabetesTrends'];
type Condition = Schemas['ConditionType'];

export function useTrends(condition_type: Condition, days: number) {
  return api.useQuery('get', '/api/chronic/trends', { params: { query: { condition_type, days } } });
}

export function useSleep(days: number) {
  return api.useQuery('get', '/api/sleep/stats', { params: { query: { days } } });
}
