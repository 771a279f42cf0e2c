import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { oneOf, shell, text } from '@/shared/routing';

export const SPANS = [14, 30, 90] as const;

export interface ReportSearch extends ReadingsSearch {
  days?: (typeof SPANS)[number];
}

const report = createRoute({
  getParentRoute: () => shell,
  path: '/report',
  validateSearch: (search: Record<string, unknown>): ReportSearch => ({ days: oneOf(SPANS, search.days), readings: text(search.readings) }),
  component: lazyRouteComponent(() => import('./Report')),
});

export const routes = [report] as const;
export const places: Place[] = [{ to: '/report', icon: 'report', label: 'report', group: 'health', order: 190 }];
