import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { day, oneOf, shell, text } from '@/shared/routing';

export const SPANS = [14, 30, 90] as const;

export interface GlucoseSearch extends ReadingsSearch {
  days?: (typeof SPANS)[number];
  /** The one that is drawn alone; the last with readings where it is left out. */
  day?: string;
}

const glucose = createRoute({
  getParentRoute: () => shell,
  path: '/glucose',
  validateSearch: (search: Record<string, unknown>): GlucoseSearch => ({
    days: oneOf(SPANS, search.days),
    day: day(search.day),
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Glucose')),
});

export const routes = [glucose] as const;
export const places: Place[] = [{ to: '/glucose', icon: 'glucose', label: 'glucose', group: 'health', order: 110 }];
