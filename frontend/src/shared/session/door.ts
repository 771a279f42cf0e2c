/** Whether somebody is signed in on this device: known without asking, since nobody can see the cookie. */
import { local } from '@/shared/api/store';

const KEY = 'session';

export function isDoor(path = location.pathname): boolean {
  return path === '/sign-in' || path === '/sign-up';
}

export const noteSignedIn = () => local.set(KEY, true);

/** Before the page is drawn: who is not signed in begins there, and goes on where they wanted to. */
export async function leadToDoor(): Promise<void> {
  if (isDoor() || (await local.get<boolean>(KEY))) return;
  const wanted = location.pathname + location.search;
  history.replaceState(null, '', wanted === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(wanted)}`);
}
