import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Said } from '@/shared/i18n/Said';
import type { Preview } from './api';
import styles from './Import.module.css';

/** What cannot be read, line by line: all are counted, the first are shown. */
export function Problems({ problems: { count, shown } }: { problems: Preview['problems'] }) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  if (count === 0) return null;
  return (
    <details className={styles.rejected}>
      <summary>{t('problems', { count })}</summary>
      <ul>
        {shown.map(({ where, reason }, index) => (
          <li key={index}>
            <b><Said sentence={where} /></b> <Said sentence={reason} />
          </li>
        ))}
      </ul>
      {count > shown.length && <p className={styles.soft}>{t('problemsMore', { count: count - shown.length, figure: formats.number(count - shown.length) })}</p>}
    </details>
  );
}
