import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** Puts what the server has just answered into the cache. What was asked for earlier and comes later
 * would undo it, and is not waited for any more. */
export function putNewer<Data>(queries: QueryClient, queryKey: QueryKey, data: Data): void {
  void queries.cancelQueries({ queryKey, exact: true });
  queries.setQueryData(queryKey, data);
}
