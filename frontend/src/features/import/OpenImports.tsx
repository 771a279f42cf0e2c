import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { useOpenImports } from './api';
import styles from './Import.module.css';

/** Files that were not finished, perhaps on another device. */
export function OpenImports({ except }: { except?: string }) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  const { data = [] } = useOpenImports();
  const others = data.filter(({ id }) => id !== except);
  if (others.length === 0) return null;
  return (
    <Card title={t('open')}>
      <ul className={styles.rows}>
        {others.map(({ id, name, status, created_at }) => (
          <li key={id} className={styles.row}>
            <div className={styles.what}>
              <strong className={styles.name}>{name}</strong>
              <p className={styles.soft}>
                {t(`stage.${status}` as 'stage.ready')} · {formats.moment(created_at)}
              </p>
            </div>
            <Link to="/import" search={{ import: id }} className={styles.goOn} aria-label={t('goOnWith', { name })}>
              {t('goOn')}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
