import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Why } from '@/shared/i18n/Why';
import { leave } from '@/shared/session/session';
import { Sheet } from '@/shared/ui/Sheet';
import { toast } from '@/shared/ui/toast';
import { useAddPasskey, useChangePassword, useDeleteAccount, useExport, useTwoFactor } from './api';
import type { Dialog } from './routes';
import { SecondFactor, SecondFactorOff } from './SecondFactor';
import styles from './Settings.module.css';

interface Props {
  dialog: Dialog | undefined;
  onClose(): void;
}

/** What asks for the password once more. */
export function Dialogs({ dialog, onClose }: Props) {
  const { t } = useTranslation('settings');
  const done = (text: string) => {
    toast(text);
    onClose();
  };
  const title = dialog && t(`dialogs.${dialog}`);
  return (
    <Sheet title={title ?? ''} opened={dialog !== undefined} onClose={onClose}>
      {dialog === 'password' && <Password onDone={() => done(t('passwordChanged'))} />}
      {dialog === 'second-factor' && <Second onDone={() => done(t('saved'))} />}
      {dialog === 'passkey' && <Passkey onDone={() => done(t('saved'))} />}
      {dialog === 'export' && <Export onDone={() => done(t('exported'))} />}
      {dialog === 'delete' && <Delete />}
    </Sheet>
  );
}

function Second({ onDone }: { onDone(): void }) {
  const { data } = useTwoFactor();
  const [wasActive] = useState(data?.active);
  return wasActive ? <SecondFactorOff onDone={onDone} /> : <SecondFactor onDone={onDone} />;
}

interface ConfirmProps {
  text: string;
  action: string;
  isPending: boolean;
  error: unknown;
  onConfirm(password: string, form: FormData): void;
  children?: ReactNode;
  isGrave?: boolean;
}

/** The password once more, and what it is for. */
export function Confirm({ text, action, isPending, error, onConfirm, children, isGrave = false }: ConfirmProps) {
  const { t } = useTranslation('settings');
  const names: Readonly<Record<string, string>> = {
    password: t('yourPassword'),
    current_password: t('yourPassword'),
    new_password: t('newPassword'),
    name: t('passkeyName'),
  };
  const nameOf = (field: string) => names[field];
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onConfirm(String(form.get('password')), form);
  }
  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <p className={styles.soft}>{text}</p>
      <div role="alert">{error ? <p className={styles.refusal}><Why error={error} nameOf={nameOf} /></p> : null}</div>
      <PasswordInput name="password" label={t('yourPassword')} autoComplete="current-password" data-autofocus />
      {children}
      <Button type="submit" size="md" loading={isPending} color={isGrave ? 'red.9' : undefined}>
        {action}
      </Button>
    </form>
  );
}

function Password({ onDone }: { onDone(): void }) {
  const { t } = useTranslation('settings');
  const change = useChangePassword();
  return (
    <Confirm
      text={t('passwordText')}
      action={t('change')}
      {...change}
      onConfirm={(current, form) => change.mutate({ current_password: current, new_password: String(form.get('new')) }, { onSuccess: onDone })}
    >
      <PasswordInput name="new" label={t('newPassword')} description={t('newPasswordHint')} autoComplete="new-password" />
    </Confirm>
  );
}

function Passkey({ onDone }: { onDone(): void }) {
  const { t } = useTranslation('settings');
  const add = useAddPasskey();
  return (
    <Confirm text={t('passkeysText')} action={t('add')} {...add} onConfirm={(password, form) => add.mutate({ password, name: String(form.get('name')) }, { onSuccess: onDone })}>
      <TextInput name="name" label={t('passkeyName')} defaultValue={t('passkeyNameDefault')} maxLength={200} />
    </Confirm>
  );
}

function Export({ onDone }: { onDone(): void }) {
  const { t } = useTranslation('settings');
  const made = useExport();
  return <Confirm text={t('exportText')} action={t('exportDo')} {...made} onConfirm={(password) => made.mutate(password, { onSuccess: onDone })} />;
}

function Delete() {
  const { t } = useTranslation('settings');
  const remove = useDeleteAccount();
  return <Confirm isGrave text={t('deleteText')} action={t('deleteDo')} {...remove} onConfirm={(password) => remove.mutate(password, { onSuccess: () => void leave() })} />;
}
