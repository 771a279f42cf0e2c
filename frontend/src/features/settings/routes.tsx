import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Place } from '@/shared/nav';
import { oneOf, shell } from '@/shared/routing';

export const DIALOGS = ['password', 'second-factor', 'passkey', 'export', 'delete'] as const;
export type Dialog = (typeof DIALOGS)[number];

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>): { dialog?: Dialog } => ({ dialog: oneOf(DIALOGS, search.dialog) }),
  component: lazyRouteComponent(() => import('./Settings')),
});

export const routes = [settings] as const;
export const places: Place[] = [
  { to: '/settings', icon: 'settings', label: 'settings', group: 'account', order: 290 },
];
