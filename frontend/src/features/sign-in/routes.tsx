import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root, text } from '@/shared/routing';

const search = (given: Record<string, unknown>): { next?: string } => ({ next: text(given.next) });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: search,
  component: lazyRouteComponent(() => import('./SignIn')),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: search,
  component: lazyRouteComponent(() => import('./SignUp')),
});

export const routes = [signIn, signUp] as const;
