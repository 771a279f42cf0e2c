/** Invented data in the account: always marked as such. */
import { api } from '@/shared/api/client';

export function useInvented() {
  const { data } = api.useQuery('get', '/api/batches', {}, { staleTime: 300_000 });
  return data?.items.filter((batch) => batch.kind === 'invented') ?? [];
}
