import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import styles from './Import.module.css';

/** Why the server would not: in its own words where it has any. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className={styles.refusal}>
      {reasonOf(error) ?? t('error.text')}
    </p>
  );
}

function reasonOf(error: unknown): string | undefined {
  const problem = problemOf(error);
  if (problem === undefined || problem.status >= 500) return undefined;
  return problem.errors.map(({ msg }) => msg).join('; ') || problem.detail;
}
