import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** A short message at the top, where it hides no button. */
export function toast(message: ReactNode, kind: 'done' | 'bad' = 'done'): void {
  notifications.show({
    message,
    color: kind === 'bad' ? 'var(--clinical)' : 'accent',
    autoClose: kind === 'bad' ? 9_000 : 5_000,
    withBorder: true,
  });
}
