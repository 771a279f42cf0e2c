import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { shell, text } from '@/shared/routing';

export interface ImportSearch {
  /** The import that is shown: its progress, and what came of it. */
  job?: string;
}

const bring = createRoute({
  getParentRoute: () => shell,
  path: '/import',
  validateSearch: (search: Record<string, unknown>): ImportSearch => ({ job: text(search.job) }),
  component: lazyRouteComponent(() => import('./Import')),
});

export const routes = [bring] as const;
export const places: Place[] = [{ to: '/import', icon: 'import', label: 'import', group: 'account', order: 280 }];
