/** The import as the server tells of it, until no worker is at work on it any more.
 *
 * `EventSource` sends no header, and a session's cookie counts only together with this page's (T18).
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, client } from '@/shared/api/client';
import { refresh } from '@/shared/entries';
import type { Import } from './api';
import { eventsIn } from './events';

const ASK_EVERY = 3_000;
export const isMoving = (one: Import | undefined) => one?.status === 'reading' || one?.status === 'committing';

/** Asked for again every few seconds where no stream of events comes. */
export function useImport(id: string) {
  const queries = useQueryClient();
  const [isFollowed, setFollowed] = useState(false);
  const wanted = { params: { path: { import_id: id } } };
  const one = api.useQuery('get', '/api/imports/{import_id}', wanted, {
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (isMoving(data) && !isFollowed ? ASK_EVERY : false),
  });
  const moves = isMoving(one.data);
  useEffect(() => {
    if (!moves) return;
    const stop = new AbortController();
    const { queryKey } = api.queryOptions('get', '/api/imports/{import_id}', { params: { path: { import_id: id } } });
    const take = (told: Import) => {
      setFollowed(true);
      queries.setQueryData(queryKey, told);
    };
    void follow(id, stop.signal, take)
      .catch(() => undefined)
      .finally(() => setFollowed(false));
    return () => stop.abort();
  }, [id, moves, queries]);
  useRefreshed(one.data);
  return one;
}

async function follow(id: string, signal: AbortSignal, onTold: (told: Import) => void): Promise<void> {
  const { data } = await client.GET('/api/imports/{import_id}/events', { params: { path: { import_id: id } }, parseAs: 'stream', signal });
  if (!data) return;
  for await (const told of eventsIn(data as unknown as ReadableStream<Uint8Array>)) onTold(JSON.parse(told) as Import);
}

/** Once it is stored, all that is worked out of entries is asked for anew. */
function useRefreshed(one: Import | undefined): void {
  const queries = useQueryClient();
  const wasStoring = useRef(false);
  useEffect(() => {
    if (one?.status === 'committing') wasStoring.current = true;
    if (one?.status === 'committed' && wasStoring.current) {
      wasStoring.current = false;
      void refresh(queries);
    }
  }, [one?.status, queries]);
}
