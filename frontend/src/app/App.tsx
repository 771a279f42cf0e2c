import { MantineProvider, type MantineColorSchemeManager } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { PersistQueryClientProvider } from '@tanstack/react-query-persist-client';
import { RouterProvider } from '@tanstack/react-router';
import { onSignedOut, persister, queries } from '@/shared/api/store';
import { registerEntries } from '@/shared/entries';
import { isDoor } from '@/shared/session/door';
import { leave } from '@/shared/session/session';
import { useWishes } from './useWishes';
import { router } from './router';
import { theme } from './theme';

/** The nonce of this load: what is styled by element carries it (Content-Security-Policy). */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
// Where what holds the page still behind a drawer (react-remove-scroll, by get-nonce) looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });
/** Light or dark is kept with the account, and nothing of it on the device. */
const unkept: MantineColorSchemeManager = {
  get: (usual) => usual,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};
const A_MONTH = 30 * 86_400_000;

registerEntries(queries);
onSignedOut(() => {
  if (!isDoor()) void leave();
});

export function App() {
  return (
    <PersistQueryClientProvider
      client={queries}
      persistOptions={{
        persister,
        maxAge: A_MONTH,
        dehydrateOptions: { shouldDehydrateMutation: ({ state, options }) => ['pending', 'error'].includes(state.status) && options.mutationKey?.[0] === 'entry' },
      }}
      onSuccess={() => void queries.getMutationCache().resumePausedMutations()}
    >
      <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={unkept} getStyleNonce={() => nonce ?? ''}>
        <Inside />
      </MantineProvider>
    </PersistQueryClientProvider>
  );
}

function Inside() {
  useWishes();
  return (
    <>
      <Notifications position="top-center" limit={3} containerWidth={420} />
      <RouterProvider router={router} />
    </>
  );
}
