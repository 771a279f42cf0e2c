import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { hasPasskeys, refusalOf, signIn, signInWithPasskey, type Refusal } from './api';
import { Door, Told } from './Door';
import styles from './Door.module.css';

export default function SignIn() {
  const { t } = useTranslation('sign-in');
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const [refusal, setRefusal] = useState<Refusal>();
  const [asksCode, setAsksCode] = useState(false);
  const [isBusy, setBusy] = useState(false);

  async function attempt(work: () => Promise<void>, why: (error: unknown) => Refusal) {
    setBusy(true);
    try {
      await work();
      await navigate({ href: safe(next) });
    } catch (error) {
      const reason = why(error);
      setRefusal(reason);
      if (reason === 'needCode') setAsksCode(true);
    } finally {
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = String(form.get('code') ?? '').trim() || undefined;
    const credentials = { email: String(form.get('email')), password: String(form.get('password')), code };
    void attempt(() => signIn(credentials), (error) => refusalOf(error, code !== undefined));
  }

  return (
    <Door title={t('welcome')} lead={t('lead')}>
      <Told refusal={refusal} />
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput name="email" type="email" label={t('email')} autoComplete="username" required withAsterisk={false} />
        <PasswordInput name="password" label={t('password')} autoComplete="current-password" required withAsterisk={false} />
        {asksCode && (
          <TextInput name="code" label={t('code')} description={t('codeHint')} autoComplete="one-time-code" inputMode="numeric" autoFocus />
        )}
        <Button type="submit" size="md" loading={isBusy}>
          {t('signIn')}
        </Button>
        {hasPasskeys && (
          <Button variant="default" size="md" onClick={() => void attempt(signInWithPasskey, () => 'failed')}>
            {t('passkey')}
          </Button>
        )}
      </form>
      <p className={styles.foot}>
        {t('noAccount')} <Link to="/sign-up">{t('signUp')}</Link>
      </p>
    </Door>
  );
}

/** Only a place of this page: never an address that a link brought along. */
function safe(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/';
}
