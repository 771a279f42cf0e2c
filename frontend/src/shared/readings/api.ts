/** Entries of some days, for what is drawn of them and for the list behind a number. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '@/shared/api/client';
import type { Entry } from '@/shared/entries';
import type { Tracker } from '@/shared/trackers';
import type { Asked } from './readings';

interface Page {
  items: Entry[];
  next?: string | null;
}
interface Wanted {
  from: string;
  to: string;
  limit: number;
  cursor?: string;
}

/** The trackers answer alike; which one it is, is known at run time only. */
async function pageOf(tracker: Tracker, query: Wanted): Promise<Page> {
  const answer = await client.GET(`/api/${tracker}` as '/api/body', { params: { query } });
  return bodyOf(answer) as unknown as Page;
}

/** The list behind a number, a page at a time, the newest first. */
export function useReadings({ tracker, from, to }: Asked) {
  return useInfiniteQuery({
    queryKey: ['get', `/api/${tracker}`, 'readings', from, to],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) => pageOf(tracker, { from, to, cursor, limit: 50 }),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Pages of 200: a sensor's fortnight of one reading in five minutes, and no more. */
const MOST_PAGES = 21;

/** All entries of some days, in no order. */
export function useEntriesOf(tracker: Tracker, from: string, to: string) {
  return useQuery({
    queryKey: ['get', `/api/${tracker}`, 'all', from, to],
    queryFn: async () => {
      const entries: Entry[] = [];
      let cursor: string | undefined;
      for (let count = 0; count < MOST_PAGES; count += 1) {
        const page = await pageOf(tracker, { from, to, cursor, limit: 200 });
        entries.push(...page.items);
        cursor = page.next ?? undefined;
        if (cursor === undefined) break;
      }
      return entries;
    },
  });
}
