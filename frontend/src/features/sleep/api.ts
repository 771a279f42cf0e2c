import { api, type Schemas } from '@/shared/api/client';

export type Stats = Schemas['SleepStats'];
export type NightEntry = Schemas['SleepEntryOut'];

export function useStats(days: number) {
  return api.useQuery('get', '/api/sleep/stats', { params: { query: { days } } });
}

/** The nights that ended on some days. */
export function useNights(from: string, to: string) {
  return api.useQuery('get', '/api/sleep', { params: { query: { from, to, limit: 200 } } }, { select: (page) => page.items });
}
