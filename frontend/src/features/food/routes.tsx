import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import type { ReadingsSearch } from '@/shared/readings/readings';
import { requireDay, shell, text } from '@/shared/routing';

const validateSearch = (search: Record<string, unknown>): ReadingsSearch => ({ readings: text(search.readings) });

const today = createRoute({
  getParentRoute: () => shell,
  path: '/food',
  validateSearch,
  component: lazyRouteComponent(() => import('./Food')),
});

const day = createRoute({
  getParentRoute: () => shell,
  path: '/food/$date',
  beforeLoad: requireDay,
  validateSearch,
  component: lazyRouteComponent(() => import('./Food')),
});

export const routes = [today, day] as const;
export const places: Place[] = [{ to: '/food', icon: 'food', label: 'food', group: 'health', order: 150 }];
