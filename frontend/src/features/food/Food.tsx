import { Button } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import { Steps } from '@/shared/health/Spans';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { Icon } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import { EmptyState, Loaded, LoadingState } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { againOn } from './again';
import { useDay, useFoods, useLogFoods, type Day, type Food as Eaten } from './api';
import styles from './Food.module.css';
import { Recents } from './Recents';
import { Totals } from './Totals';

/** What was eaten on one day: its totals stay in sight, its meals are below them. */
export default function Food() {
  const { t } = useTranslation('food');
  const formats = useFormats();
  const today = useToday();
  const { date = today } = useParams({ strict: false });
  const { readings } = useSearch({ strict: false });
  const navigate = useNavigate();
  const day = useDay(date);
  const foods = useFoods(date);
  const show = (asked: string | undefined) => void navigate({ to: '/food/$date', params: { date }, search: { readings: asked }, resetScroll: false });
  const tomorrow = addDays(date, 1);
  return (
    <Screen
      title={t('title')}
      actions={
        <Button leftSection={<Icon name="log" size={18} />} renderRoot={(props) => <Link to="/log/$kind" params={{ kind: 'nutrition' }} search={date === today ? {} : { date }} {...props} />}>
          {t('add')}
        </Button>
      }
      narrow
    >
      <Steps
        label={date === today ? t('today') : formats.longDay(date)}
        before={{ to: '/food/$date', params: { date: addDays(date, -1) } }}
        after={date < today ? (tomorrow === today ? { to: '/food' } : { to: '/food/$date', params: { date: tomorrow } }) : undefined}
        beforeLabel={t('before')}
        afterLabel={t('after')}
      />
      <Loaded result={day} loading={<LoadingState count={2} />}>
        {(summary) => (
          <>
            {summary.entries > 0 && <Totals day={summary} onOpen={(column) => show(askFor('nutrition', date, date, column))} />}
            <Recents date={date} />
            <Loaded result={foods}>{(eaten) => (eaten.length > 0 ? <Meals day={summary} foods={eaten} /> : <Nothing date={date} />)}</Loaded>
          </>
        )}
      </Loaded>
      <ReadingsSheet readings={readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Nothing({ date }: { date: string }) {
  const { t } = useTranslation('food');
  return (
    <EmptyState icon="food" title={t('nothing')} text={t('nothingText')}>
      <CopyYesterday date={date} />
    </EmptyState>
  );
}

/** The day before, once more. */
function CopyYesterday({ date }: { date: string }) {
  const { t } = useTranslation(['food', 'common']);
  const { data: foods = [] } = useFoods(addDays(date, -1));
  const copy = useLogFoods();
  if (foods.length === 0) return null;
  const run = () =>
    copy.mutate(foods.map((food) => againOn(food, date)), {
      onSuccess: () => toast(t('food:copied', { count: foods.length })),
      onError: tellWhy,
    });
  return (
    <Button variant="default" loading={copy.isPending} onClick={run}>
      {t('food:copy', { count: foods.length })}
    </Button>
  );
}

function Meals({ day, foods }: { day: Day; foods: Eaten[] }) {
  const { t } = useTranslation(['food', 'log']);
  const energy = columnOf(useCatalogue(), 'nutrition', 'calories');
  return day.meals.map((meal) => (
    <Card
      key={meal.meal_type}
      title={t(`log:options.${meal.meal_type}`)}
      aside={<span className={`${styles.soft} figures`}>{meal.totals.calories === null ? '' : energy?.value(meal.totals.calories)}</span>}
    >
      <ul className={styles.foods}>
        {foods
          .filter(({ meal_type }) => meal_type === meal.meal_type)
          .map((food) => (
            <FoodRow key={food.id} food={food} />
          ))}
      </ul>
    </Card>
  ));
}

function FoodRow({ food }: { food: Eaten }) {
  const formats = useFormats();
  const energy = columnOf(useCatalogue(), 'nutrition', 'calories');
  return (
    <li>
      <Link to="/log/$kind" params={{ kind: 'nutrition' }} search={{ entry: food.id }} className={styles.food}>
        <span>
          {food.food_name}
          {food.occurred_at && <span className={styles.soft}>{formats.time(food.occurred_at)}</span>}
        </span>
        <b className="figures">{food.calories === null ? '–' : energy?.value(food.calories)}</b>
      </Link>
    </li>
  );
}
