import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { day, shell, text } from '@/shared/routing';

export interface ExerciseSearch extends ReadingsSearch {
  /** A day of the week; today where it is left out. */
  week?: string;
}

const exercise = createRoute({
  getParentRoute: () => shell,
  path: '/exercise',
  validateSearch: (search: Record<string, unknown>): ExerciseSearch => ({ week: day(search.week), readings: text(search.readings) }),
  component: lazyRouteComponent(() => import('./Exercise')),
});

export const routes = [exercise] as const;
export const places: Place[] = [{ to: '/exercise', icon: 'exercise', label: 'exercise', group: 'health', order: 140 }];
