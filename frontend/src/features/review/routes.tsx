import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { oneOf, shell, text } from '@/shared/routing';

export const STATUSES = ['open', 'seen', 'all'] as const;

export interface ReviewSearch {
  status?: (typeof STATUSES)[number];
  finding?: string;
}

const review = createRoute({
  getParentRoute: () => shell,
  path: '/review',
  validateSearch: (search: Record<string, unknown>): ReviewSearch => ({
    status: oneOf(STATUSES, search.status),
    finding: text(search.finding),
  }),
  component: lazyRouteComponent(() => import('./Review')),
});

export const routes = [review] as const;
export const places: Place[] = [
  { to: '/review', icon: 'review', label: 'review', group: 'main', order: 30, inBar: true },
];
