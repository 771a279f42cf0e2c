import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { day, shell, text } from '@/shared/routing';

export interface CalendarSearch extends ReadingsSearch {
  /** The last day; today where it is left out. */
  to?: string;
}

const validateSearch = (search: Record<string, unknown>): CalendarSearch => ({ to: day(search.to), readings: text(search.readings) });

const any = createRoute({
  getParentRoute: () => shell,
  path: '/calendar',
  validateSearch,
  component: lazyRouteComponent(() => import('./Calendar')),
});

const one = createRoute({
  getParentRoute: () => shell,
  path: '/calendar/$metric',
  validateSearch,
  component: lazyRouteComponent(() => import('./Calendar')),
});

export const routes = [any, one] as const;
export const places: Place[] = [{ to: '/calendar', icon: 'calendar', label: 'calendar', group: 'health', order: 180 }];
