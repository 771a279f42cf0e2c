import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { day, shell } from '@/shared/routing';

const today = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { date?: string } => ({ date: day(search.date) }),
  component: lazyRouteComponent(() => import('./Today')),
});

export const routes = [today] as const;
export const places: Place[] = [
  { to: '/', icon: 'today', label: 'today', group: 'main', order: 10, inBar: true },
];
