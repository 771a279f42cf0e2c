import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/shared/api/client';
import { useFormats } from '@/shared/format/useFormats';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useRemoveChannel, useTestChannel, type ChannelPlace } from './api';
import styles from './Settings.module.css';

/** Each channel, with a test and its end. */
export function Channels({ channels, place }: { channels: Schemas['ChannelOut'][]; place: ChannelPlace }) {
  const { t } = useTranslation(['telling', 'common']);
  const formats = useFormats();
  const test = useTestChannel(place);
  const remove = useRemoveChannel(place);
  if (channels.length === 0) return null;
  return (
    <ul className={styles.rows}>
      {channels.map(({ id, kind, shown, detailed, off_at: off, created_at: since }) => (
        <li key={id} className={styles.row}>
          <div className={styles.told}>
            <strong>{t(`telling:kinds.${kind}`)}</strong>
            <span>
              {shown} · {off ? t('telling:off') : t('telling:since', { moment: formats.moment(since) })}
              {detailed && ` · ${t('telling:detailed')}`}
            </span>
          </div>
          {!off && (
            <Button
              variant="default"
              aria-label={`${t('telling:test')}: ${shown}`}
              onClick={() => test.mutate(id, { onSuccess: () => toast(t('telling:tested')), onError: tellWhy })}
            >
              {t('telling:test')}
            </Button>
          )}
          <Button variant="subtle" aria-label={`${t('telling:remove')}: ${shown}`} onClick={() => remove.mutate(id, { onSuccess: () => toast(t('telling:removed')), onError: tellWhy })}>
            {t('telling:remove')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
