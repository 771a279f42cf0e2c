import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { refusalOf, signUp, type Refusal } from './api';
import { Door, Told } from './Door';
import styles from './Door.module.css';

export default function SignUp() {
  const { t } = useTranslation('sign-in');
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await signUp({
        email: String(form.get('email')),
        password: String(form.get('password')),
        name: String(form.get('name')).trim() || null,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      });
      await navigate({ to: '/welcome' });
    } catch (error) {
      setRefusal(refusalOf(error, false));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Door title={t('create')} lead={t('createLead')}>
      <Told refusal={refusal} />
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <TextInput name="name" label={t('name')} autoComplete="name" maxLength={200} />
        <TextInput name="email" type="email" label={t('email')} autoComplete="username" required withAsterisk={false} error={refusal === 'badEmail' && t('badEmail')} />
        <PasswordInput name="password" label={t('newPassword')} description={t('newPasswordHint')} autoComplete="new-password" required withAsterisk={false} error={refusal === 'weak' && t('weak')} />
        <Button type="submit" size="md" loading={isBusy}>
          {t('signUp')}
        </Button>
      </form>
      <p className={styles.foot}>
        {t('hasAccount')} <Link to="/sign-in">{t('signIn')}</Link>
      </p>
    </Door>
  );
}
