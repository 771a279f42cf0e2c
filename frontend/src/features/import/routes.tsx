import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { shell, text } from '@/shared/routing';

export interface ImportSearch {
  /** The file that is shown: how far it is, what is in it, what came of it. */
  import?: string;
  /** The same of a table of days or an export of VitalIQ. */
  job?: string;
}

const bring = createRoute({
  getParentRoute: () => shell,
  path: '/import',
  validateSearch: (search: Record<string, unknown>): ImportSearch => ({ import: text(search.import), job: text(search.job) }),
  component: lazyRouteComponent(() => import('./Import')),
});

export const routes = [bring] as const;
export const places: Place[] = [{ to: '/import', icon: 'import', label: 'import', group: 'account', order: 280 }];
