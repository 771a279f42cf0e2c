import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useEndSession, usePasskeys, useRemovePasskey, useSessions, useTwoFactor } from './api';
import { hasPasskeys } from './passkeys';
import type { Dialog } from './routes';
import styles from './Settings.module.css';

export function Security({ onOpen }: { onOpen(dialog: Dialog): void }) {
  const { t } = useTranslation('settings');
  const second = useTwoFactor();
  return (
    <Card title={t('security')}>
      <ul className={styles.rows}>
        <li className={styles.row}>
          <div className={styles.told}>
            <strong>{t('password')}</strong>
            <span>{t('passwordText')}</span>
          </div>
          <Button variant="default" onClick={() => onOpen('password')}>
            {t('change')}
          </Button>
        </li>
        <li className={styles.row}>
          <div className={styles.told}>
            <strong>{t('secondFactor')}</strong>
            <span>{second.data?.active ? t('secondFactorOn', { count: second.data.recovery_codes_left }) : t('secondFactorOff')}</span>
          </div>
          <Button variant="default" disabled={!second.data} onClick={() => onOpen('second-factor')}>
            {t(second.data?.active ? 'turnOff' : 'turnOn')}
          </Button>
        </li>
        {hasPasskeys && <Passkeys onAdd={() => onOpen('passkey')} />}
        <Sessions />
      </ul>
    </Card>
  );
}

function Passkeys({ onAdd }: { onAdd(): void }) {
  const { t } = useTranslation(['settings', 'common']);
  const formats = useFormats();
  const { data } = usePasskeys();
  const remove = useRemovePasskey();
  return (
    <>
      <li className={styles.row}>
        <div className={styles.told}>
          <strong>{t('settings:passkeys')}</strong>
          <span>{t('settings:passkeysText')}</span>
        </div>
        <Button variant="default" onClick={onAdd}>
          {t('settings:add')}
        </Button>
      </li>
      {data?.items.map((passkey) => (
        <li key={passkey.id} className={styles.row}>
          <div className={styles.told}>
            <strong>{passkey.name}</strong>
            <span>{formats.moment(passkey.last_used_at ?? passkey.created_at)}</span>
          </div>
          <Button variant="subtle" onClick={() => remove.mutate(passkey.id, { onSuccess: () => toast(t('settings:saved')), onError: tellWhy })} aria-label={`${t('common:delete')}: ${passkey.name}`}>
            {t('common:delete')}
          </Button>
        </li>
      ))}
    </>
  );
}

function Sessions() {
  const { t } = useTranslation(['settings', 'common']);
  const formats = useFormats();
  const sessions = useSessions();
  const end = useEndSession();
  return (
    <Loaded result={sessions} loading={<LoadingState count={1} />}>
      {({ items }) =>
        items.map((session) => (
          <li key={session.id} className={styles.row}>
            <div className={styles.told}>
              <strong>{session.current ? t('settings:thisSession') : t('settings:session')}</strong>
              <span>
                {nameOf(session.user_agent)} · {t('settings:since', { moment: formats.moment(session.created_at) })}
              </span>
            </div>
            {!session.current && (
              <Button variant="subtle" onClick={() => end.mutate(session.id, { onSuccess: () => toast(t('settings:ended')), onError: tellWhy })}>
                {t('settings:end')}
              </Button>
            )}
          </li>
        ))
      }
    </Loaded>
  );
}

/** The browser and the system that a user agent tells of, as its own words have them. */
function nameOf(agent: string | null): string {
  if (agent === null) return '–';
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/[\d.]+/.exec(agent)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(agent)?.[1];
  return [browser?.replace('Edg', 'Edge').replace('OPR', 'Opera'), system].filter(Boolean).join(', ') || agent.slice(0, 60);
}
