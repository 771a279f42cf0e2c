import { useTranslation } from 'react-i18next';
import { newKey, useLogEntry, useRecent } from '@/shared/entries';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { againOn, asValues, distinctFoods } from './again';
import type { Food } from './api';
import styles from './Food.module.css';

const MOST = 6;

/** The latest foods, one tap each: they go to the day that is shown. */
export function Recents({ date }: { date: string }) {
  const { t } = useTranslation(['food', 'common', 'log']);
  const { data = [] } = useRecent('nutrition', 40);
  const log = useLogEntry();
  const foods = distinctFoods(data, MOST);
  if (foods.length === 0) return null;
  function eat(food: Food) {
    log.mutate(
      { place: 'nutrition', values: asValues(againOn(food, date)), key: newKey() },
      { onSuccess: () => toast(t('food:added', { name: food.food_name })), onError: tellWhy },
    );
    if (!navigator.onLine) toast(t('log:kept'));
  }
  return (
    <div className={styles.recents} role="group" aria-label={t('food:recents')}>
      <span aria-hidden>{t('food:recents')}</span>
      {foods.map((food) => (
        <button key={food.id} type="button" className={styles.chip} onClick={() => eat(food)}>
          {food.food_name}
        </button>
      ))}
    </div>
  );
}
