import { useNetwork } from '@mantine/hooks';
import { useMutationState } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useInvented } from '@/shared/invented';
import { Icon } from '@/shared/ui/Icon';
import styles from './Shell.module.css';

/** What holds for the whole page: no network, entries that wait, invented data. */
export function Notices() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const waiting = useMutationState({ filters: { mutationKey: ['entry'], predicate: ({ state }) => state.isPaused } });
  const invented = useInvented();
  return (
    <div aria-live="polite">
      {!online && (
        <div className={styles.notice}>
          <Icon name="offline" size={18} />
          {t('offline')}
        </div>
      )}
      {waiting.length > 0 && <div className={styles.notice}>{t('waiting', { count: waiting.length })}</div>}
      {invented.length > 0 && (
        <div className={styles.notice}>
          {t('invented')}
          <Link to="/welcome">{t('inventedMore')}</Link>
        </div>
      )}
    </div>
  );
}
