import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import { Said } from '@/shared/i18n/Said';
import styles from './Import.module.css';

/** Why the server would not: in its own words where it has any. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const reasons = reasonsOf(error);
  return (
    <p role="alert" className={styles.refusal}>
      {reasons === undefined ? t('error.text') : reasons.map((reason, index) => <span key={index}><Said sentence={reason} /> </span>)}
    </p>
  );
}

function reasonsOf(error: unknown): string[] | undefined {
  const problem = problemOf(error);
  if (problem === undefined || problem.status >= 500) return undefined;
  return problem.errors.length > 0 ? problem.errors.map(({ msg }) => msg) : [problem.detail];
}
