import { Why } from '@/shared/i18n/Why';
import styles from './Import.module.css';

/** Why the server would not. */
export function Refused({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className={styles.refusal}>
      <Why error={error} />
    </p>
  );
}
