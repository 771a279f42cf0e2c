import { Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { AddressForm } from './AddressForm';
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
      <div className={styles.stack}>
        <p className={styles.soft}>{t('webhooksText')}</p>
        <Channels channels={webhooks.items} place="webhooks" />
        {origins.length > 0 && <WebhookForm origins={origins} />}
      </div>
    </Card>
  );
}

function WebhookForm({ origins }: { origins: string[] }) {
  const { t } = useTranslation('telling');
  const add = useAddWebhook();
  const [detailed, setDetailed] = useState(false);
  return (
    <>
      <AddressForm
        type="url"
        label={t('address')}
        description={t('addressText', { origins: origins.join(', ') })}
        {...add}
        onAdd={(url, onSuccess) => add.mutate({ url, detailed }, { onSuccess })}
      >
        <Switch label={t('sendFigures')} checked={detailed} onChange={(event) => setDetailed(event.currentTarget.checked)} />
      </AddressForm>
      {add.data && (
        <div role="status">
          <p className={styles.soft}>{t('secret')}</p>
          <code className={styles.secret}>{add.data.secret}</code>
        </div>
      )}
    </>
  );
}
