/** Whether the server can be reached, as the last request found: a network may be there that leads nowhere. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let isReached = true;

export function noteReach(reached: boolean): void {
  if (reached === isReached) return;
  isReached = reached;
  listeners.forEach((listener) => listener());
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useReach = (): boolean => useSyncExternalStore(listen, () => isReached);
