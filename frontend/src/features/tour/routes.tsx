import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '@/shared/routing';

const welcome = createRoute({
  getParentRoute: () => shell,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./Welcome')),
});

export const routes = [welcome] as const;
