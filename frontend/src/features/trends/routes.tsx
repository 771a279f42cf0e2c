import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { day, oneOf, shell, text } from '@/shared/routing';

export const SPANS = [30, 90, 365, 3650] as const;

export interface TrendSearch extends ReadingsSearch {
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
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Trend')),
});

export const routes = [all, one] as const;
export const places: Place[] = [
  { to: '/trends', icon: 'trends', label: 'trends', group: 'main', order: 20, inBar: true },
];
