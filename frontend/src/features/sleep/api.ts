import { useQueries } from '@tanstack/react-query';
import { api, bodyOf, client, type Schemas } from '@/shared/api/client';
import { addDays } from '@/shared/format/format';
import type { Kind } from '@/shared/readings/kinds';

export type Stats = Schemas['SleepStats'];
export type NightEntry = Schemas['SleepEntryOut'];

export function useStats(days: number) {
  return api.useQuery('get', '/api/sleep/stats', { params: { query: { days } } });
}

/** The nights that ended on some days. */
export function useNights(from: string, to: string) {
  return api.useQuery('get', '/api/sleep', { params: { query: { from, to, limit: 200 } } }, { select: (page) => page.items });
}

export type Readings = Schemas['ReadingsOut'];

/** What was measured of some kinds about a night, from the evening before. */
export function useStages(kinds: string[], date: string): Readings[] {
  const queries = kinds.map((kind) => {
    const query = { kind: kind as Kind, from: addDays(date, -1), to: date };
    return {
      queryKey: ['get', '/api/readings', kind, date],
      queryFn: async () => bodyOf(await client.GET('/api/readings', { params: { query } })),
    };
  });
  return useQueries({ queries, combine: (answers) => answers.flatMap(({ data }) => data ?? []) });
}
