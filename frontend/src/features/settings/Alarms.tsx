import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useBudget, useChangeBudget, type Budget } from './api';
import styles from './Settings.module.css';

const BUDGETS: Budget[] = ['weekly', 'monthly', 'gravest'];

/** How often one wants to hear of an unusual day. */
export function Alarms() {
  const { t } = useTranslation(['settings', 'common']);
  const formats = useFormats();
  const budget = useBudget();
  const change = useChangeBudget();
  return (
    <Card title={t('settings:alarms')}>
      <Loaded result={budget} loading={<LoadingState count={1} />}>
        {({ budget: chosen, achieved_per_month: achieved }) => (
          <fieldset className={styles.options} disabled={change.isPending}>
            <legend className={styles.soft}>{t('settings:alarmsText')}</legend>
            {BUDGETS.map((value) => (
              <label key={value} className={styles.option}>
                <input
                  type="radio"
                  name="budget"
                  checked={value === (change.isPending ? change.variables : chosen)}
                  onChange={() => change.mutate(value, { onSuccess: () => toast(t('settings:saved')), onError: tellWhy })}
                />
                <strong>{t(`settings:budgets.${value}`)}</strong>
                <span>{t(`settings:budgetTexts.${value}`)}</span>
              </label>
            ))}
            {achieved !== null && <p className={styles.soft}>{t('settings:achieved', { days: formats.number(achieved, 1) })}</p>}
          </fieldset>
        )}
      </Loaded>
    </Card>
  );
}
