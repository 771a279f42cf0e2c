import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Sheet.module.css';

interface Props {
  title: string;
  opened: boolean;
  onClose(): void;
  children: ReactNode;
}

/** A drawer from the end on a wide screen, a whole sheet on a phone. Focus goes back to where it was,
 * also when the sheet's content came late. */
export function Sheet({ title, opened, onClose, children }: Props) {
  const { t } = useTranslation();
  const isWide = useMediaQuery('(min-width: 48em)', true);
  useEffect(() => {
    if (!opened) return;
    const opener = document.activeElement;
    return () => giveBack(opener);
  }, [opened]);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position={isWide ? 'right' : 'bottom'}
      size={isWide ? 440 : '100%'}
      classNames={styles}
      closeButtonProps={{ 'aria-label': t('close'), size: 44 }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 160 }}
    >
      {children}
    </Drawer>
  );
}

/** First after Mantine's own attempt, which knows only what was focused when its part arrived; then for as
 * long as a list may be drawn anew and take the focused row with it. */
const TRIES_MS = [60, 250, 600, 1200, 2500];

function giveBack(opener: Element | null) {
  for (const [index, wait] of TRIES_MS.entries())
    setTimeout(() => {
      if (index === 0 || isAdrift()) backTo(opener)?.focus({ preventScroll: true });
    }, wait);
}

/** Focused is nothing, or what stood in for a row that was not there. */
function isAdrift() {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.id === 'main';
}

/** What opened the sheet, or what stands for it since a list was drawn anew; else the content. */
function backTo(opener: Element | null): HTMLElement | null {
  if (!(opener instanceof HTMLElement) || opener === document.body) return null;
  if (opener.isConnected) return opener;
  const finding = opener.dataset.finding;
  const same = finding ? document.querySelector<HTMLElement>(`[data-finding="${CSS.escape(finding)}"]`) : null;
  return same ?? document.getElementById('main');
}
