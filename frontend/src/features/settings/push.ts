/** Being told by this browser, where it can be. */
import type { Schemas } from '@/shared/api/client';

export const hasPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** base64url, as servers give their keys, to bytes. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Asks, and gives what the server needs; undefined where the person said no. */
export async function subscribe(key: string): Promise<Schemas['PushIn'] | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return undefined;
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const { endpoint, keys } = made.toJSON();
  return { endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } };
}
