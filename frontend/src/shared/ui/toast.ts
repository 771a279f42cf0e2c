import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

let done: string | undefined;

/** A short message at the top, where it hides no button: there is room for one, so that it takes
 * the place of the one before. What went wrong stays for its time. */
export function toast(message: ReactNode, kind: 'done' | 'bad' = 'done'): void {
  if (done !== undefined) notifications.hide(done);
  const id = notifications.show({
    message,
    color: kind === 'bad' ? 'var(--clinical)' : 'accent',
    autoClose: kind === 'bad' ? 9_000 : 5_000,
    withBorder: true,
  });
  done = kind === 'done' ? id : undefined;
}
