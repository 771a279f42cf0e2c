import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { oneOf, shell, text } from '@/shared/routing';

export const SPANS = [7, 30, 90] as const;

export interface PressureSearch extends ReadingsSearch {
  days?: (typeof SPANS)[number];
}

const pressure = createRoute({
  getParentRoute: () => shell,
  path: '/bp',
  validateSearch: (search: Record<string, unknown>): PressureSearch => ({
    days: oneOf(SPANS, search.days),
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Pressure')),
});

export const routes = [pressure] as const;
export const places: Place[] = [{ to: '/bp', icon: 'heart', label: 'bp', group: 'health', order: 120 }];
