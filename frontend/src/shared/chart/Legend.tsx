import { useTranslation } from 'react-i18next';
import styles from './Chart.module.css';

/** What the lines mean; decoration's colours are repeated as shapes. */
export function Legend({ isLong, other }: { isLong: boolean; other?: string }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.legend}>
      <li>
        <Swatch>
          <line x1="1" y1="6" x2="19" y2="6" stroke="var(--accent)" strokeWidth="2.5" />
        </Swatch>
        {isLong ? t('chart.mean') : t('chart.line')}
      </li>
      <li>
        <Swatch>
          <rect x="1" y="1" width="18" height="10" rx="3" fill="var(--band)" />
        </Swatch>
        {t('chart.band')}
      </li>
      <li>
        <Swatch>
          <line x1="1" y1="6" x2="19" y2="6" stroke="var(--ink-soft)" strokeWidth="1.5" strokeDasharray="4 3" />
        </Swatch>
        {t('chart.median')}
      </li>
      {other && (
        <li>
          <Swatch>
            <line x1="1" y1="6" x2="19" y2="6" stroke="var(--ink)" strokeWidth="2" strokeDasharray="2 3" />
          </Swatch>
          {other}
        </li>
      )}
    </ul>
  );
}

function Swatch({ children }: { children: React.ReactNode }) {
  return (
    <svg aria-hidden focusable="false" width="20" height="12">
      {children}
    </svg>
  );
}
