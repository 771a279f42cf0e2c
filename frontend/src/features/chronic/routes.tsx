import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { oneOf, shell, text } from '@/shared/routing';

export const YEARS = [1, 2, 5] as const;

export interface ChronicSearch extends ReadingsSearch {
  years?: (typeof YEARS)[number];
}

const chronic = createRoute({
  getParentRoute: () => shell,
  path: '/chronic',
  validateSearch: (search: Record<string, unknown>): ChronicSearch => ({
    years: oneOf(YEARS, search.years),
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Chronic')),
});

export const routes = [chronic] as const;
export const places: Place[] = [{ to: '/chronic', icon: 'chronic', label: 'chronic', group: 'health', order: 170 }];
