import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { AddressForm } from './AddressForm';
import { useAddPush, useAddService, useChangeTelling, useNotifications, type Notifications, type Wishes } from './api';
import { Channels } from './Channels';
import { hasPush } from './push';
import styles from './Settings.module.css';

/** How one is told of new findings: over what, and when. */
export function Telling() {
  const { t } = useTranslation('telling');
  const notifications = useNotifications();
  return (
    <Card title={t('title')}>
      <Loaded result={notifications} loading={<LoadingState count={1} />}>
        {({ telling, offered, channels }) => {
          const isOpen = offered.push_key !== null || offered.services.length > 0;
          if (!isOpen && channels.length === 0) return <p className={styles.soft}>{t('closed')}</p>;
          return (
            <>
              <p className={styles.soft}>{t('text')}</p>
              <Channels channels={channels} place="notifications" />
              <Ways offered={offered} />
              <WishesForm key={JSON.stringify(telling)} telling={telling} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Ways({ offered }: { offered: Notifications['offered'] }) {
  const { t } = useTranslation(['telling', 'common']);
  const push = useAddPush();
  const key = offered.push_key;
  return (
    <div className={styles.ways}>
      {key !== null && hasPush && (
        <Button
          variant="default"
          loading={push.isPending}
          onClick={() =>
            push.mutate(key, {
              onSuccess: (made) => toast(t(made ? 'telling:pushOn' : 'telling:pushRefused'), made ? undefined : 'bad'),
              onError: () => toast(t('telling:pushFailed'), 'bad'),
            })
          }
        >
          {t('telling:push')}
        </Button>
      )}
      {offered.services.length > 0 && <ServiceForm services={offered.services} />}
    </div>
  );
}

function ServiceForm({ services }: { services: string[] }) {
  const { t } = useTranslation('telling');
  const add = useAddService();
  return (
    <AddressForm
      label={t('service')}
      description={t('serviceText', { services: services.join(', ') })}
      {...add}
      onAdd={(url, onSuccess) => add.mutate(url, { onSuccess })}
    />
  );
}

const SEVERITIES = ['low', 'medium', 'high'] as const;

function WishesForm({ telling }: { telling: Wishes }) {
  const { t } = useTranslation(['telling', 'common', 'settings']);
  const [wishes, setWishes] = useState(telling);
  const change = useChangeTelling();
  const set = (changes: Partial<Wishes>) => setWishes((before) => ({ ...before, ...changes }));
  const isQuiet = wishes.quiet_from !== null;
  const cap = wishes.daily_cap;
  const isOff = !Number.isInteger(cap) || cap < 1 || cap > 50;
  const save = () => change.mutate(wishes, { onSuccess: () => toast(t('settings:saved')), onError: tellWhy });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isOff) save();
      }}
    >
      <Switch className={styles.end} label={t('telling:quiet')} checked={isQuiet} onChange={(event) => set(event.currentTarget.checked ? { quiet_from: '22:00', quiet_until: '07:30' } : { quiet_from: null, quiet_until: null })} />
      {isQuiet && (
        <>
          <TextInput type="time" label={t('telling:quietFrom')} value={wishes.quiet_from ?? ''} required withAsterisk={false} onChange={(event) => set({ quiet_from: event.currentTarget.value })} />
          <TextInput type="time" label={t('telling:quietUntil')} value={wishes.quiet_until ?? ''} required withAsterisk={false} onChange={(event) => set({ quiet_until: event.currentTarget.value })} />
        </>
      )}
      <Switch className={styles.end} label={t('telling:digest')} checked={wishes.digest_at !== null} onChange={(event) => set({ digest_at: event.currentTarget.checked ? '08:00' : null })} />
      {wishes.digest_at !== null && <TextInput type="time" label={t('telling:digestAt')} value={wishes.digest_at} required withAsterisk={false} onChange={(event) => set({ digest_at: event.currentTarget.value })} />}
      <TextInput
        label={t('telling:cap')}
        inputMode="numeric"
        value={Number.isNaN(cap) ? '' : String(cap)}
        onChange={(event) => set({ daily_cap: Number.parseInt(event.currentTarget.value, 10) })}
        error={isOff && t('telling:capOff')}
      />
      <NativeSelect
        label={t('telling:least')}
        value={wishes.least_severity}
        data={SEVERITIES.map((value) => ({ value, label: t(`common:severity.${value}`) }))}
        onChange={(event) => set({ least_severity: SEVERITIES.find((one) => one === event.currentTarget.value) ?? 'low' })}
      />
      <div className={styles.end}>
        <Button type="submit" loading={change.isPending}>
          {t('common:save')}
        </Button>
      </div>
    </form>
  );
}
