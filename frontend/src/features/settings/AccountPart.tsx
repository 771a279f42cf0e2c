import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { signOut } from '@/shared/session/session';
import { Card } from '@/shared/ui/Card';
import type { Dialog } from './routes';
import styles from './Settings.module.css';

export function AccountPart({ onOpen }: { onOpen(dialog: Dialog): void }) {
  const { t } = useTranslation('settings');
  return (
    <Card title={t('account')}>
      <ul className={styles.rows}>
        <li className={styles.row}>
          <div className={styles.told}>
            <strong>{t('export')}</strong>
            <span>{t('exportText')}</span>
          </div>
          <Button variant="default" onClick={() => onOpen('export')}>
            {t('exportDo')}
          </Button>
        </li>
        <li className={styles.row}>
          <div className={styles.told}>
            <strong>{t('signOut')}</strong>
            <span>{t('signOutText')}</span>
          </div>
          <Button variant="default" onClick={() => void signOut()}>
            {t('signOut')}
          </Button>
        </li>
        <li className={styles.row}>
          <div className={styles.told}>
            <strong>{t('delete')}</strong>
            <span>{t('deleteText')}</span>
          </div>
          <Button variant="default" c="var(--clinical)" onClick={() => onOpen('delete')}>
            {t('deleteDo')}
          </Button>
        </li>
      </ul>
    </Card>
  );
}
