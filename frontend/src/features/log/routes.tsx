import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { day, shell, text } from '@/shared/routing';

export interface LogSearch {
  /** An entry to change. */
  entry?: string;
  /** An entry that the server did not take, by its key. */
  refused?: string;
  /** The day to log for; today where it is left out. */
  date?: string;
}

const validateSearch = (search: Record<string, unknown>): LogSearch => ({
  entry: text(search.entry),
  refused: text(search.refused),
  date: day(search.date),
});

const last = createRoute({
  getParentRoute: () => shell,
  path: '/log',
  validateSearch,
  component: lazyRouteComponent(() => import('./Log')),
});

const kind = createRoute({
  getParentRoute: () => shell,
  path: '/log/$kind',
  validateSearch,
  component: lazyRouteComponent(() => import('./Log')),
});

export const routes = [last, kind] as const;
export const places: Place[] = [
  { to: '/log', icon: 'log', label: 'log', group: 'main', order: 25, inBar: true },
];
