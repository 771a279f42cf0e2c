import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client } from '@/shared/api/client';
import type { ReviewSearch } from './routes';

const ACKNOWLEDGED = { open: false, seen: true, all: undefined } as const;

/** Findings, a page at a time, the newest first. */
export function usePages(status: NonNullable<ReviewSearch['status']>) {
  return useInfiniteQuery({
    queryKey: ['get', '/api/anomalies', 'pages', status],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: 30, cursor, acknowledged: ACKNOWLEDGED[status] };
      return bodyOf(await client.GET('/api/anomalies', { params: { query } }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Looks at the last days again. */
export function useDetect() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => bodyOf(await client.POST('/api/anomalies/detect', {})),
    onSuccess: () => {
      for (const path of ['/api/anomalies', '/api/dashboard', '/api/episodes'])
        void queries.invalidateQueries({ queryKey: ['get', path] });
    },
  });
}
