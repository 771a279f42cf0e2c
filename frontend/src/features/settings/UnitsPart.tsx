import { useTranslation } from 'react-i18next';
import { usePreferences } from '@/shared/session/preferences';
import { QUANTITIES, type Quantity } from '@/shared/units/units';
import { Card } from '@/shared/ui/Card';
import { Segments } from '@/shared/ui/Segments';
import { useChangePreferences } from './api';
import styles from './Settings.module.css';

export function UnitsPart() {
  const { t } = useTranslation(['settings', 'units']);
  const { units } = usePreferences();
  const change = useChangePreferences();
  return (
    <Card title={t('settings:units')}>
      <div className={styles.rows}>
        {(Object.keys(QUANTITIES) as Quantity[]).map((quantity) => (
          <div key={quantity} className={styles.row}>
            <div className={styles.told}>
              <strong>{t(`settings:quantities.${quantity}`)}</strong>
            </div>
            <Segments
              label={t(`settings:quantities.${quantity}`)}
              value={units[quantity] ?? QUANTITIES[quantity][0]}
              options={QUANTITIES[quantity].map((value) => ({ value, label: t(`units:${value}` as 'units:kg') }))}
              onChange={(value) => change({ units: { ...units, [quantity]: value } })}
            />
          </div>
        ))}
      </div>
    </Card>
  );
}
