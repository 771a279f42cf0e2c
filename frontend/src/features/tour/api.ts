import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client } from '@/shared/api/client';

const DAYS = 120;

/** Invents days and looks for what is strange in them. */
export function useInvent() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      bodyOf(await client.POST('/api/mock/generate', { body: { days: DAYS } }));
      const today = new Date();
      const first = new Date(today.getTime() - (DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
      return bodyOf(await client.POST('/api/anomalies/detect', { body: { first } }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useRemove() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (batches: string[]) => {
      for (const id of batches)
        bodyOf(await client.DELETE('/api/batches/{batch_id}', { params: { path: { batch_id: id } } }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
}
