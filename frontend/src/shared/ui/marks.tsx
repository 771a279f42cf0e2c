/** The two marks, which are two different facts: unusual for you (a triangle in a pill), and outside
 * a clinical range (a diamond in a frame). Neither is told by colour alone. */
import { useTranslation } from 'react-i18next';
import styles from './marks.module.css';

export type Direction = 'above' | 'below';

export const TRIANGLE = { above: 'M5 1 9.5 9H.5Z', below: 'M5 9 .5 1h9Z' } as const;
export const DIAMOND = 'M5 0 10 5 5 10 0 5Z';

function Shape({ path }: { path: string }) {
  return (
    <svg aria-hidden focusable="false" width="10" height="10" viewBox="0 0 10 10" fill="currentColor">
      <path d={path} />
    </svg>
  );
}

export function UnusualMark({ direction, seen = false }: { direction: Direction; seen?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={`${styles.mark} ${seen ? styles.seen : styles.unusual}`}>
      <Shape path={TRIANGLE[direction]} />
      {t(direction === 'above' ? 'mark.above' : 'mark.below')}
    </span>
  );
}

export function ClinicalMark({ title }: { title?: string | null }) {
  const { t } = useTranslation();
  return (
    <span className={`${styles.mark} ${styles.clinical}`} title={title ?? undefined}>
      <Shape path={DIAMOND} />
      {t('mark.clinical')}
    </span>
  );
}
