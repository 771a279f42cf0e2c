import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useImported, useTakeBack } from './api';
import styles from './Import.module.css';

/** Files that were imported earlier, each of which can be taken back whole. */
export function Imported() {
  const { t } = useTranslation(['bring', 'common']);
  const formats = useFormats();
  const { data } = useImported();
  const back = useTakeBack();
  if (!data?.length) return null;
  return (
    <Card title={t('bring:earlier')}>
      <ul className={styles.rows}>
        {data.map((batch) => (
          <li key={batch.id} className={styles.row}>
            <div>
              <strong className={styles.name}>{batch.label}</strong>
              <p className={styles.soft}>{formats.moment(batch.created_at)}</p>
            </div>
            <Button
              variant="default"
              loading={back.isPending && back.variables === batch.id}
              aria-label={`${t('bring:takeBack')}: ${batch.label}`}
              onClick={() => back.mutate(batch.id, { onSuccess: () => toast(t('bring:takenBack')), onError: tellWhy })}
            >
              {t('bring:takeBack')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
