import { useNetwork } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '@/shared/api/client';
import { useReach } from '@/shared/api/reach';
import { useRefused, useWaiting } from '@/shared/entries';
import { useInvented } from '@/shared/invented';
import { Icon } from '@/shared/ui/Icon';
import styles from './Shell.module.css';

/** What holds for the whole page: no network, entries that wait, invented data. */
export function Notices() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const isReached = useReach();
  useKnocking(!isReached);
  const waiting = useWaiting();
  const refused = useRefused();
  const invented = useInvented();
  return (
    <div aria-live="polite">
      {!(online && isReached) && (
        <div className={styles.notice}>
          <Icon name="offline" size={18} />
          {t(online ? 'unreachable' : 'offline')}
        </div>
      )}
      {waiting > 0 && <div className={styles.notice}>{t('waiting', { count: waiting })}</div>}
      {refused[0] && (
        <div className={styles.notice}>
          {t('refused', { count: refused.length })}
          <Link to="/log" search={{ refused: refused[0].sending.key }}>
            {t('refusedMore')}
          </Link>
        </div>
      )}
      {invented.length > 0 && (
        <div className={styles.notice}>
          {t('invented')}
          <Link to="/welcome">{t('inventedMore')}</Link>
        </div>
      )}
    </div>
  );
}

const KNOCK_MS = 5_000;

/** Asks from time to time whether the server is back, and then for everything anew. */
function useKnocking(isAway: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!isAway) return;
    const knock = async () => {
      const { response } = await client.GET('/api/auth/me');
      if (response.ok) await queries.invalidateQueries();
    };
    const timer = setInterval(() => void knock().catch(() => undefined), KNOCK_MS);
    return () => clearInterval(timer);
  }, [isAway, queries]);
}
