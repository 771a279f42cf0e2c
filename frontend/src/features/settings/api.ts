import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf, client, type Schemas } from '@/shared/api/client';
import type { paths } from '@/shared/api/schema';
import { usePreferences, type Preferences } from '@/shared/session/preferences';
import { subscribe } from './push';

export type Profile = Schemas['ProfileOut'];
export type Budget = Schemas['AlarmBudget'];

export const useSessions = () => api.useQuery('get', '/api/auth/sessions');
export const useBudget = () => api.useQuery('get', '/api/anomalies/budget');
export const useTwoFactor = () => api.useQuery('get', '/api/auth/me/totp');
export const usePasskeys = () => api.useQuery('get', '/api/auth/me/passkeys');

type Path = keyof paths;

/** A change, after which some answers are asked for again. */
function useChange<Given, Made>(change: (given: Given) => Promise<Made>, ...stale: Path[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((path) => queries.invalidateQueries({ queryKey: ['get', path] }))),
  });
}

export const useChangeProfile = () =>
  useChange(
    async (changes: Schemas['ProfileIn']) => bodyOf(await client.PATCH('/api/auth/me', { body: changes })),
    '/api/auth/me',
  );

/** Changes some of the preferences; the others stay. */
export function useChangePreferences() {
  const before = usePreferences();
  const change = useChangeProfile();
  return (changes: Partial<Preferences>) => {
    const { units, language, theme } = { ...before, ...changes };
    const told = { units: units as Record<string, string>, language: language ?? null, theme: theme ?? null };
    change.mutate({ preferences: told });
  };
}

export const useChangeBudget = () =>
  useChange(
    async (budget: Budget) => bodyOf(await client.PUT('/api/anomalies/budget', { body: { budget } })),
    '/api/anomalies/budget',
  );

export const useConsent = () =>
  useChange(
    async (consent: Schemas['ConsentIn']) => bodyOf(await client.PUT('/api/auth/me/consent', { body: consent })),
    '/api/auth/me',
  );

export const useEndSession = () =>
  useChange(
    async (id: string) => void bodyOf(await client.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id: id } } })),
    '/api/auth/sessions',
  );

export const useChangePassword = () =>
  useChange(
    async (body: Schemas['PasswordChangeIn']) => void bodyOf(await client.POST('/api/auth/change-password', { body })),
    '/api/auth/sessions',
  );

export const useBeginTwoFactor = () =>
  useChange(async (password: string) => bodyOf(await client.POST('/api/auth/me/totp', { body: { password } })));

export const useConfirmTwoFactor = () =>
  useChange(
    async (code: string) => bodyOf(await client.POST('/api/auth/me/totp/confirm', { body: { code } })),
    '/api/auth/me/totp',
  );

export const useEndTwoFactor = () =>
  useChange(
    async (password: string) => void bodyOf(await client.DELETE('/api/auth/me/totp', { body: { password } })),
    '/api/auth/me/totp',
  );

export const useRemovePasskey = () =>
  useChange(
    async (id: string) => void bodyOf(await client.DELETE('/api/auth/me/passkeys/{passkey_id}', { params: { path: { passkey_id: id } } })),
    '/api/auth/me/passkeys',
  );

export const useAddPasskey = () =>
  useChange(async ({ password, name }: { password: string; name: string }) => {
    const { options } = bodyOf(await client.POST('/api/auth/me/passkeys/options', { body: { password } }));
    const asked = options as { publicKey?: unknown };
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      (asked.publicKey ?? options) as PublicKeyCredentialCreationOptionsJSON,
    );
    const made = await navigator.credentials.create({ publicKey });
    if (!(made instanceof PublicKeyCredential)) throw new Error('no passkey');
    const body = { name, credential: made.toJSON() as unknown as Schemas['NewKey'] };
    return bodyOf(await client.POST('/api/auth/me/passkeys', { body }));
  }, '/api/auth/me/passkeys');

/** Everything of the account as a file that the browser keeps. */
export const useExport = () =>
  useChange(async (password: string) => {
    const answer = await client.POST('/api/export', { body: { password }, parseAs: 'blob' });
    const file = bodyOf(answer as { data?: Blob; error?: unknown; response: Response });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = 'vitaliq-export.zip';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });

export const useDeleteAccount = () =>
  useChange(async (password: string) => void bodyOf(await client.DELETE('/api/auth/me', { body: { password } })));

export type Notifications = Schemas['NotificationsOut'];
export type Wishes = Schemas['TellingOut'];
export type ChannelPlace = 'notifications' | 'webhooks';

export const useNotifications = () => api.useQuery('get', '/api/notifications');
export const useWebhooks = () => api.useQuery('get', '/api/webhooks');

export const useChangeTelling = () =>
  useChange(async (body: Wishes) => bodyOf(await client.PUT('/api/notifications', { body })), '/api/notifications');

/** Of this browser; undefined where the person did not allow it. */
export const useAddPush = () =>
  useChange(async (key: string) => {
    const body = await subscribe(key);
    return body && bodyOf(await client.POST('/api/notifications/push', { body }));
  }, '/api/notifications');

export const useAddService = () =>
  useChange(async (url: string) => bodyOf(await client.POST('/api/notifications/services', { body: { url } })), '/api/notifications');

export const useAddWebhook = () =>
  useChange(async (body: Schemas['WebhookIn']) => bodyOf(await client.POST('/api/webhooks', { body })), '/api/webhooks');

/** Both places have the same calls. */
const path = (place: ChannelPlace) => `/api/${place}/{channel_id}` as '/api/webhooks/{channel_id}';

export const useTestChannel = (place: ChannelPlace) =>
  useChange(async (id: string) => bodyOf(await client.POST(`${path(place)}/test`, { params: { path: { channel_id: id } } })));

export const useRemoveChannel = (place: ChannelPlace) =>
  useChange(async (id: string) => void bodyOf(await client.DELETE(path(place), { params: { path: { channel_id: id } } })), `/api/${place}`);

export const useOrderSources = () =>
  useChange(
    async (order: string[]) => bodyOf(await client.PUT('/api/readings/sources', { body: { order } })),
    '/api/readings/sources',
    '/api/readings/day',
    '/api/readings/days',
  );
