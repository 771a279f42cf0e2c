import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { oneOf, requireDay, shell, text } from '@/shared/routing';

export const SPANS = [14, 30, 90] as const;

export interface SleepSearch extends ReadingsSearch {
  days?: (typeof SPANS)[number];
}

const nights = createRoute({
  getParentRoute: () => shell,
  path: '/sleep',
  validateSearch: (search: Record<string, unknown>): SleepSearch => ({
    days: oneOf(SPANS, search.days),
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Sleep')),
});

const night = createRoute({
  getParentRoute: () => shell,
  path: '/sleep/$date',
  beforeLoad: requireDay,
  validateSearch: (search: Record<string, unknown>): ReadingsSearch => ({ readings: text(search.readings) }),
  component: lazyRouteComponent(() => import('./Night')),
});

export const routes = [nights, night] as const;
export const places: Place[] = [{ to: '/sleep', icon: 'sleep', label: 'sleep', group: 'health', order: 130 }];
