/** Who is signed in. The session itself is a cookie that no script can read. */
import { api, client } from '@/shared/api/client';
import { isDoor } from './door';
import { forgetEverything } from '@/shared/api/store';

/** The profile; an error with status 401 when nobody is signed in. */
export function useMe() {
  return api.useQuery('get', '/api/auth/me', {}, { staleTime: 300_000, enabled: !isDoor() });
}

/** Ends the session, forgets everything, and leaves for the sign-in by a real load: nothing of the
 * person stays in memory or in the browser's history. */
export async function signOut(): Promise<void> {
  await client.POST('/api/auth/page/logout', {}).catch(() => undefined);
  await leave();
}

export async function leave(): Promise<void> {
  await forgetEverything();
  location.replace('/sign-in');
}
