import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '@/shared/catalogue/catalogue';
import { useSentence } from '@/shared/findings';
import { useFormats } from '@/shared/format/useFormats';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import type { Daily, OpenAnomaly } from './api';
import styles from './Today.module.css';

/** What nobody has looked at yet, the gravest first. */
export function Findings({ open }: { open: Daily['open_anomalies'] }) {
  const { t } = useTranslation('today');
  if (open.items.length === 0) return null;
  return (
    <section aria-label={t('findings')}>
      <div className={styles.row}>
        <h2 className={styles.heading}>{t('findings')}</h2>
        <Link to="/review">{t('all')}</Link>
      </div>
      <ul className={styles.findings}>
        {open.items.slice(0, 4).map((finding) => (
          <li key={finding.id}>
            <Finding finding={finding} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Finding({ finding }: { finding: OpenAnomaly }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const sentence = useSentence();
  const shown = useCatalogue().get(finding.metric_name);
  return (
    <Link
      to="/review"
      search={{ finding: finding.id }}
      className={`${styles.finding} ${finding.clinical ? styles.isClinical : ''}`}
    >
      <div>
        <div className={styles.text}>{sentence(finding, shown)}</div>
        <div className={styles.meta}>
          {finding.is_unusual && <UnusualMark direction={finding.direction} />}
          {finding.clinical && <ClinicalMark title={finding.clinical} />}
          <span>{formats.day(finding.date)}</span>
        </div>
      </div>
      <span className={styles.why}>{t('why')}</span>
    </Link>
  );
}
