import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Why } from '@/shared/i18n/Why';
import styles from './Settings.module.css';

interface Props {
  type?: 'url';
  label: string;
  description: string;
  isPending: boolean;
  error: unknown;
  /** `onAdded` empties the field. */
  onAdd(url: string, onAdded: () => void): void;
  children?: ReactNode;
}

/** Where to send word of findings. */
export function AddressForm({ type, label, description, isPending, error, onAdd, children }: Props) {
  const { t } = useTranslation('telling');
  const [url, setUrl] = useState('');
  return (
    <form
      className={`${styles.stack} ${styles.whole}`}
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(url.trim(), () => setUrl(''));
      }}
    >
      <TextInput
        type={type}
        label={label}
        description={description}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={error ? <Why error={error} /> : undefined}
        required
        withAsterisk={false}
        autoComplete="off"
        spellCheck={false}
      />
      {children}
      <div>
        <Button type="submit" variant="default" loading={isPending}>
          {t('add')}
        </Button>
      </div>
    </form>
  );
}
