import { useTranslation } from 'react-i18next';
import { isLanguage, LANGUAGES } from '@/shared/i18n';
import { usePreferences } from '@/shared/session/preferences';
import { Card } from '@/shared/ui/Card';
import { Segments } from '@/shared/ui/Segments';
import { useChangePreferences } from './api';
import styles from './Settings.module.css';

export function Appearance() {
  const { t } = useTranslation('settings');
  const { language, theme } = usePreferences();
  const change = useChangePreferences();
  return (
    <Card title={t('appearance')}>
      <div className={styles.rows}>
        <div className={styles.row}>
          <div className={styles.told}>
            <strong>{t('language')}</strong>
          </div>
          <Segments
            label={t('language')}
            value={language ?? ''}
            options={[{ value: '', label: t('asBrowser') }, ...Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, label: name }))]}
            onChange={(value) => change({ language: isLanguage(value) ? value : undefined })}
          />
        </div>
        <div className={styles.row}>
          <div className={styles.told}>
            <strong>{t('theme')}</strong>
          </div>
          <Segments
            label={t('theme')}
            value={theme ?? 'auto'}
            options={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`themes.${value}`) }))}
            onChange={(value) => change({ theme: value === 'auto' ? undefined : value })}
          />
        </div>
      </div>
    </Card>
  );
}
