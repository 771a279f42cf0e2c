import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import { useInvented } from '@/shared/invented';
import { Card } from '@/shared/ui/Card';
import { Icon, type IconName } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useInvent, useRemove } from './api';
import styles from './Welcome.module.css';

/** The first run: three ways to begin. */
export default function Welcome() {
  const { t } = useTranslation(['tour', 'common']);
  const navigate = useNavigate();
  const invent = useInvent();
  const invented = useInvented();
  const start = () =>
    invent.mutate(undefined, {
      onSuccess: () => void navigate({ to: '/' }),
      onError: (error) => (problemOf(error)?.status === 404 ? toast(t('tour:noInvent'), 'bad') : tellWhy(error)),
    });
  return (
    <Screen title={t('tour:title')} lead={t('tour:lead')} narrow>
      {invented.length > 0 && <Invented ids={invented.map(({ id }) => id)} label={invented.map(({ label }) => label).join(', ')} />}
      <div className={styles.choices}>
        <Link to="/log" className={styles.choice}>
          <Inside icon="log" name={t('tour:log')} text={t('tour:logText')} />
        </Link>
        <Link to="/import" className={styles.choice}>
          <Inside icon="import" name={t('tour:import')} text={t('tour:importText')} />
        </Link>
        {invented.length === 0 && (
          <button type="button" className={styles.choice} disabled={invent.isPending} onClick={start}>
            <Inside icon="sparkle" name={t('tour:invent')} text={t(invent.isPending ? 'tour:inventing' : 'tour:inventText')} />
          </button>
        )}
      </div>
      <Button component={Link} {...{ to: '/' }} variant="subtle">
        {t('tour:later')}
      </Button>
    </Screen>
  );
}

function Inside({ icon, name, text }: { icon: IconName; name: string; text: ReactNode }) {
  return (
    <>
      <span className={styles.badge}>
        <Icon name={icon} size={26} />
      </span>
      <span>
        <span className={styles.name}>{name}</span>
        <span className={styles.text} aria-live="polite">
          {text}
        </span>
      </span>
      <Icon name="forward" size={20} />
    </>
  );
}

function Invented({ ids, label }: { ids: string[]; label: string }) {
  const { t } = useTranslation(['tour', 'common']);
  const remove = useRemove();
  return (
    <Card>
      <div className={styles.marked}>
        <div>
          <strong>{t('tour:hasInvented')}</strong>
          <p>{t('tour:hasInventedText', { label })}</p>
        </div>
        <Button
          variant="default"
          loading={remove.isPending}
          leftSection={<Icon name="trash" size={18} />}
          onClick={() => remove.mutate(ids, { onSuccess: () => toast(t('tour:removed')), onError: tellWhy })}
        >
          {t('tour:remove')}
        </Button>
      </div>
    </Card>
  );
}
