/** Entries of any tracker: queued while there is no network, and stored exactly once. */
import { useMutation, useMutationState, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, bodyOf, client, problemOf, type Problem } from '@/shared/api/client';
import { KEPT, whenKept } from '@/shared/api/store';
import type { Tracker } from './trackers';

export type Entry = Record<string, unknown> & { id: string; date: string };
export type Values = Record<string, unknown>;
export type Place = Tracker | 'tags';

/** An entry on its way. The key is made here, so that sending it again stores nothing twice. */
export interface Sending {
  place: Place;
  values: Values;
  key: string;
}

type Answer = { data?: unknown; error?: unknown; response: Response };
/** The trackers answer alike; which one it is, is known at run time only. */
const any = client as unknown as Record<'GET' | 'POST' | 'PUT' | 'DELETE', (path: string, init: object) => Promise<Answer>>;

async function send({ place, values, key }: Sending): Promise<Entry> {
  const init = { body: values, params: { header: { 'idempotency-key': key } } };
  return bodyOf(await any.POST(`/api/${place}`, init)) as Entry;
}

/** Without an answer, or with one that says "later", the entry waits and is sent again. */
function isWorthRepeating(error: unknown): boolean {
  const status = problemOf(error)?.status;
  return status === undefined || status >= 500 || status === 429;
}

/** Known to the cache by its key, so that a queue kept from an earlier visit can go on. */
export function registerEntries(queries: QueryClient): void {
  queries.setMutationDefaults(['entry'], {
    mutationFn: send,
    // Tried even then: VitalIQ may run on this very machine, which needs no network.
    networkMode: 'offlineFirst',
    scope: { id: 'entries' },
    // Neither sent nor said to wait before it is kept: the page may be closed at any moment.
    onMutate: async () => {
      await whenKept();
      return KEPT;
    },
    retry: (_, error) => isWorthRepeating(error),
    retryDelay: (count) => Math.min(60_000, 1_000 * 2 ** count),
    onSuccess: () => refresh(queries),
  });
}

/** Everything that is worked out of entries. */
export function refresh(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey: [, path] }) => path !== '/api/metrics' && path !== '/api/auth/me',
  });
}

export function useLogEntry() {
  return useMutation<Entry, unknown, Sending>({ mutationKey: ['entry'] });
}

/** How many entries could not be sent at once and are not yet, the time between two attempts included. */
export function useWaiting(): number {
  const predicate = ({ state }: { state: { context?: unknown; isPaused: boolean; failureCount: number } }) => state.context === KEPT && (state.isPaused || state.failureCount > 0);
  return useMutationState({ filters: { mutationKey: ['entry'], status: 'pending', predicate } }).length;
}

/** An entry that the server did not take: kept, to be corrected or given up. */
export interface Refused {
  sending: Sending;
  problem: Problem | undefined;
}

export function useRefused(): Refused[] {
  return useMutationState({
    filters: { mutationKey: ['entry'], status: 'error' },
    select: ({ state }) => ({ sending: state.variables as Sending, problem: problemOf(state.error) }),
  });
}

export function useGiveUp(): (key: string) => void {
  const cache = useQueryClient().getMutationCache();
  return (key) => {
    const isIt = ({ state }: { state: { variables?: unknown } }) => (state.variables as Sending | undefined)?.key === key;
    const kept = cache.find({ mutationKey: ['entry'], predicate: isIt });
    if (kept) cache.remove(kept);
  };
}

export function newKey(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

/** The latest entries of a tracker. */
export function useRecent(place: Place, limit = 20) {
  const path = `/api/${place}` as '/api/body';
  return api.useQuery('get', path, { params: { query: { limit } } }, { select: (page) => page.items as unknown as Entry[] });
}

export function useEntry(place: Place, id: string | undefined) {
  const path = `/api/${place}/{${place === 'tags' ? 'tag_id' : 'entry_id'}}` as '/api/body/{entry_id}';
  const name = place === 'tags' ? 'tag_id' : 'entry_id';
  return api.useQuery('get', path, { params: { path: { [name]: id ?? '' } as { entry_id: string } } }, { enabled: id !== undefined, select: (entry) => entry as unknown as Entry });
}

export function useChangeEntry(place: Place) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, values }: { id: string; values: Values }) =>
      bodyOf(await any.PUT(`/api/${place}/${id}`, { body: values })) as Entry,
    onSuccess: () => refresh(queries),
  });
}

export function useRemoveEntry(place: Place) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => void bodyOf(await any.DELETE(`/api/${place}/${id}`, {})),
    onSuccess: () => refresh(queries),
  });
}
