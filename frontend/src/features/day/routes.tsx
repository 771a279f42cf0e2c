import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { day, shell } from '@/shared/routing';

export interface DaySearch {
  /** Today where it is left out. */
  day?: string;
}

const readings = createRoute({
  getParentRoute: () => shell,
  path: '/readings/$kind',
  validateSearch: (search: Record<string, unknown>): DaySearch => ({ day: day(search.day) }),
  component: lazyRouteComponent(() => import('./Day')),
});

export const routes = [readings] as const;
