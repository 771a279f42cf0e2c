import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '@/shared/routing';

const more = createRoute({
  getParentRoute: () => shell,
  path: '/more',
  component: lazyRouteComponent(() => import('./More')),
});

export const routes = [more] as const;
