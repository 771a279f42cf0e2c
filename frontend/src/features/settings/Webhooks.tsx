import { Button, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import { Card } from '@/shared/ui/Card';
import { useAddWebhook, useNotifications, useWebhooks } from './api';
import { Channels } from './Channels';
import styles from './Settings.module.css';

/** Programs that are told of new findings; nothing where the operator lists no place for them. */
export function Webhooks() {
  const { t } = useTranslation('telling');
  const { data: webhooks } = useWebhooks();
  const { data: notifications } = useNotifications();
  const origins = notifications?.offered.webhook_origins ?? [];
  if (webhooks === undefined || (origins.length === 0 && webhooks.items.length === 0)) return null;
  return (
    <Card title={t('webhooks')}>
      <p className={styles.soft}>{t('webhooksText')}</p>
      <Channels channels={webhooks.items} place="webhooks" />
      {origins.length > 0 && <WebhookForm origins={origins} />}
    </Card>
  );
}

function WebhookForm({ origins }: { origins: string[] }) {
  const { t } = useTranslation('telling');
  const add = useAddWebhook();
  const [url, setUrl] = useState('');
  const [detailed, setDetailed] = useState(false);
  const problem = problemOf(add.error);
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ url: url.trim(), detailed }, { onSuccess: () => setUrl('') });
      }}
    >
      <TextInput
        type="url"
        label={t('address')}
        description={t('addressText', { origins: origins.join(', ') })}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={problem && t(problem.status === 403 ? 'notListed' : 'misfit')}
        required
        withAsterisk={false}
        autoComplete="off"
      />
      <Switch label={t('sendFigures')} checked={detailed} onChange={(event) => setDetailed(event.currentTarget.checked)} />
      <div>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t('add')}
        </Button>
      </div>
      {add.data && (
        <div role="status">
          <p className={styles.soft}>{t('secret')}</p>
          <code className={styles.secret}>{add.data.secret}</code>
        </div>
      )}
    </form>
  );
}
