import { Button, TextInput } from '@mantine/core';
import { lazy, Suspense, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import { Why } from '@/shared/i18n/Why';
import { useBeginTwoFactor, useConfirmTwoFactor, useEndTwoFactor } from './api';
import { Confirm } from './Dialogs';
import styles from './Settings.module.css';

const Code = lazy(() => import('./QrCode'));

/** Turning it on: the password, the secret for the app, a first code, the recovery codes. */
export function SecondFactor({ onDone }: { onDone(): void }) {
  const { t } = useTranslation('settings');
  const begin = useBeginTwoFactor();
  const confirm = useConfirmTwoFactor();
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={onDone} />;
  if (!begin.data)
    return <Confirm text={t('secondFactorText')} action={t('next')} {...begin} onConfirm={(password) => begin.mutate(password)} />;
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    confirm.mutate(String(new FormData(event.currentTarget).get('code')).trim());
  }
  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <p className={styles.soft}>{t('secretText')}</p>
      <Suspense fallback={<div className={styles.qr} />}>
        <Code text={begin.data.otpauth_uri} />
      </Suspense>
      <div className={styles.secret}>{begin.data.secret.match(/.{1,4}/g)?.join(' ')}</div>
      <Button component="a" href={begin.data.otpauth_uri} variant="default">
        {t('openApp')}
      </Button>
      <TextInput name="code" label={t('code')} inputMode="numeric" autoComplete="one-time-code" error={confirm.error ? problemOf(confirm.error)?.status === 422 ? t('wrongCode') : <Why error={confirm.error} /> : undefined} data-autofocus />
      <Button type="submit" size="md" loading={confirm.isPending}>
        {t('turnOn')}
      </Button>
    </form>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone(): void }) {
  const { t } = useTranslation('settings');
  return (
    <div className={styles.stack}>
      <p className={styles.soft}>{t('recoveryText')}</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button size="md" onClick={onDone}>
        {t('recoveryDone')}
      </Button>
    </div>
  );
}

export function SecondFactorOff({ onDone }: { onDone(): void }) {
  const { t } = useTranslation('settings');
  const end = useEndTwoFactor();
  return <Confirm text={t('secondFactorOffText')} action={t('turnOff')} {...end} onConfirm={(password) => end.mutate(password, { onSuccess: onDone })} />;
}
