import { useTranslation } from 'react-i18next';
import styles from './RangePill.module.css';

interface Props {
  value: number | null;
  low: number;
  high: number;
  /** The range in words and in the chosen unit: "54–60". */
  text: string;
  /** Says nothing of a value outside: one that is still growing. */
  isOpen?: boolean;
}

/** The usual range as the middle half of a track, and the value as a dot on it. */
export function RangePill({ value, low, high, text, isOpen = false }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.pill}>
      <span className={styles.track} aria-hidden>
        <span className={styles.usual} />
        {value !== null && (
          <span
            className={`${styles.dot} ${!isOpen && (value < low || value > high) ? styles.out : ''}`}
            style={{ insetInlineStart: `${placeOf(value, low, high) * 100}%` }}
          />
        )}
      </span>
      <span className="figures">{t('usualRange', { range: text })}</span>
    </div>
  );
}

/** Where on the track, 0 to 1: the usual range is the middle half, and the ends are never left. */
export function placeOf(value: number, low: number, high: number): number {
  const width = Math.max(high - low, 1e-9);
  return Math.min(0.97, Math.max(0.03, 0.25 + ((value - low) / width) * 0.5));
}
