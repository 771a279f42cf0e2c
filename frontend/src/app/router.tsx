import { createRouter } from '@tanstack/react-router';
import { root, shell } from '@/shared/routing';
import { NotFound } from './NotFound';
import { inside, outside } from './registry';
import { Crash } from './Crash';
import { Shell } from './Shell';

shell.update({ component: Shell });

export const router = createRouter({
  routeTree: root.addChildren([...outside, shell.addChildren(inside)]),
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Crash,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 150,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
