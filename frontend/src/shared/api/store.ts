/** The query cache: kept in IndexedDB for when there is no network, and wiped at signing out. */
import { onlineManager, QueryCache, QueryClient, type DehydratedState } from '@tanstack/react-query';
import type { PersistedClient, Persister } from '@tanstack/react-query-persist-client';
import { clear, createStore, del, get, set } from 'idb-keyval';
import { problemOf } from './client';

const KEY = 'queries';
const kept = createStore('vitaliq', 'page');

type Listener = () => void;
let whenSignedOut: Listener = () => undefined;

/** Called once any request is answered 401. */
export function onSignedOut(listener: Listener): void {
  whenSignedOut = listener;
}

// A page that is opened without network hears of no change.
onlineManager.setOnline(navigator.onLine);

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (problemOf(error)?.status === 401) whenSignedOut();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      // Any number of days that a timer cannot hold (more than 24) would drop answers at once.
      gcTime: Infinity,
      // Offline, a kept answer is shown at once rather than waited for.
      networkMode: 'offlineFirst',
      retry: (count, error) => (problemOf(error)?.status ?? 503) >= 500 && count < 2,
    },
    mutations: { gcTime: Infinity },
  },
});

/** A browser that keeps nothing (a private window, signing out just now) is no failure of the page. */
const nothing = () => undefined;

let lastKept: Promise<void> = Promise.resolve();

/** Once everything that has changed so far is kept, as far as this browser keeps anything. */
export const whenKept = () => lastKept;

/** The context of a mutation that is kept. */
export const KEPT = 'kept';

export const persister: Persister = {
  // One is written after the other.
  persistClient: (state: PersistedClient) => (lastKept = set(KEY, { ...state, clientState: waiting(state.clientState) }, kept).catch(nothing)),
  restoreClient: () => get<PersistedClient>(KEY, kept).catch(nothing),
  removeClient: () => del(KEY, kept).catch(nothing),
};

/** Forgets everything of the person: cached answers, queued entries, wishes. */
export async function forgetEverything(): Promise<void> {
  queries.clear();
  await clear(kept).catch(nothing);
}

/** What the page keeps beside answers until signing out: the last kind logged, for one. */
export const local = {
  get: <Value>(key: string) => get<Value>(`local ${key}`, kept).catch(nothing),
  set: (key: string, value: unknown) => set(`local ${key}`, value, kept).catch(nothing),
};

/** What was being sent when the page closed goes on as what waited. */
function waiting(state: DehydratedState): DehydratedState {
  const paused = ({ state: own, ...rest }: DehydratedState['mutations'][number]) => ({
    ...rest,
    state: { ...own, isPaused: own.status === 'pending', context: KEPT },
  });
  return { ...state, mutations: state.mutations.map(paused) };
}
