import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { oneOf, shell, text } from '@/shared/routing';

export const SPANS = [30, 90, 365] as const;

export interface BodySearch extends ReadingsSearch {
  days?: (typeof SPANS)[number];
  /** Which of a body measurement's columns; weight where it is left out. */
  of?: string;
}

const body = createRoute({
  getParentRoute: () => shell,
  path: '/body',
  validateSearch: (search: Record<string, unknown>): BodySearch => ({
    days: oneOf(SPANS, search.days),
    of: text(search.of),
    readings: text(search.readings),
  }),
  component: lazyRouteComponent(() => import('./Body')),
});

export const routes = [body] as const;
export const places: Place[] = [{ to: '/body', icon: 'body', label: 'body', group: 'health', order: 160 }];
