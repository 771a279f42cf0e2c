import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { day, oneOf, shell, text } from '@/shared/routing';

export const SPANS = [30, 90, 365, 3650] as const;

export interface TrendSearch {
  days?: (typeof SPANS)[number];
  /** The last day; today where it is left out. */
  to?: string;
  compare?: string;
  view?: 'table';
  finding?: string;
}

const all = createRoute({
  getParentRoute: () => shell,
  path: '/trends',
  component: lazyRouteComponent(() => import('./Trends')),
});

const one = createRoute({
  getParentRoute: () => shell,
  path: '/trends/$metric',
  validateSearch: (search: Record<string, unknown>): TrendSearch => ({
    days: oneOf(SPANS, search.days),
    to: day(search.to),
    compare: text(search.compare),
    view: oneOf(['table'], search.view),
    finding: text(search.finding),
  }),
  component: lazyRouteComponent(() => import('./Trend')),
});

export const routes = [all, one] as const;
export const places: Place[] = [
  { to: '/trends', icon: 'trends', label: 'trends', group: 'main', order: 20, inBar: true },
];
