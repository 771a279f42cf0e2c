import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './health.module.css';

interface StatProps {
  label: string;
  /** Null: not known, and `note` says why. */
  value: string | null;
  unit?: string;
  note?: ReactNode;
  mark?: ReactNode;
  /** Opens the readings that the value came from. */
  onOpen?(): void;
}

/** Figures side by side. */
export function Stats({ children }: { children: ReactNode }) {
  return <dl className={styles.stats}>{children}</dl>;
}

export function Stat({ label, value, unit, note, mark, onOpen }: StatProps) {
  return (
    <div className={styles.stat}>
      <dt>{label}</dt>
      <dd className={`${styles.value} figures`}>
        {onOpen && value !== null ? <Opener onOpen={onOpen}>{value}</Opener> : (value ?? '–')}
        {unit && value !== null && <span className={styles.unit}>{unit}</span>}
      </dd>
      {mark && <dd className={styles.mark}>{mark}</dd>}
      {note && <dd className={styles.note}>{note}</dd>}
    </div>
  );
}

/** A number that opens the readings it came from. */
export function Opener({ onOpen, children }: { onOpen(): void; children: ReactNode }) {
  const { t } = useTranslation('readings');
  return (
    <button type="button" className={styles.opener} onClick={onOpen}>
      {children}
      <span className="hidden-visually">, {t('open')}</span>
    </button>
  );
}
