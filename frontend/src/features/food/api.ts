import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf, client, type Schemas } from '@/shared/api/client';
import { newKey, refresh } from '@/shared/entries';

export type Day = Schemas['NutritionSummary'];
export type Food = Schemas['FoodEntryOut'];
export type FoodIn = Schemas['FoodEntryIn'];

export function useDay(date: string) {
  return api.useQuery('get', '/api/nutrition/daily-summary', { params: { query: { date } } });
}

export function useFoods(date: string) {
  return api.useQuery('get', '/api/nutrition', { params: { query: { from: date, to: date, limit: 200 } } }, { select: (page) => page.items });
}

/** Logs many at once: all of them, or none. */
export function useLogFoods() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (foods: FoodIn[]) => {
      const header = { 'idempotency-key': newKey() };
      return bodyOf(await client.POST('/api/nutrition/bulk', { body: foods, params: { query: { atomic: true }, header } }));
    },
    onSuccess: () => refresh(queries),
  });
}
