import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useForgetTemplate, useTemplates } from './api';
import styles from './Import.module.css';

/** What was answered about tables, which holds for later ones of the same header. */
export function Templates() {
  const { t } = useTranslation(['bring', 'common']);
  const formats = useFormats();
  const { data = [] } = useTemplates();
  const forget = useForgetTemplate();
  if (data.length === 0) return null;
  return (
    <Card>
      <details className={styles.more}>
        <summary>{t('bring:templates', { count: data.length })}</summary>
        <p className={styles.soft}>{t('bring:templatesText')}</p>
        <ul className={styles.rows}>
          {data.map(({ id, name, updated_at }) => (
            <li key={id} className={styles.row}>
              <div className={styles.what}>
                <strong className={styles.name}>{name}</strong>
                <p className={styles.soft}>{formats.moment(updated_at)}</p>
              </div>
              <Button
                variant="default"
                loading={forget.isPending && forget.variables === id}
                aria-label={`${t('bring:forget')}: ${name}`}
                onClick={() => forget.mutate(id, { onSuccess: () => toast(t('bring:templateForgotten')), onError: tellWhy })}
              >
                {t('bring:forget')}
              </Button>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
