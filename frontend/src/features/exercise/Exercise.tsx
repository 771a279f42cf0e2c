import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { NothingYet, Steps } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useWeek, type Week } from './api';
import { Days } from './Days';
import styles from './Exercise.module.css';
import { Goal } from './Goal';

type Open = (from: string, to: string) => void;

/** A week against what the WHO recommends. */
export default function Exercise() {
  const { t } = useTranslation('exercise');
  const search = useSearch({ from: '/shell/exercise' });
  const navigate = useNavigate({ from: '/exercise' });
  const week = useWeek(search.week);
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <Loaded result={week} loading={<LoadingState count={3} />}>
        {(answer) => <Figures week={answer} open={(from, to) => show(askFor('exercise', from, to))} />}
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Figures({ week, open }: { week: Week; open: Open }) {
  const { t } = useTranslation(['exercise', 'health']);
  const formats = useFormats();
  const today = useToday();
  const all = () => open(week.from, week.to);
  return (
    <>
      <Steps
        label={`${formats.shortDay(week.from)} – ${formats.shortDay(week.to)}`}
        before={{ to: '/exercise', search: { week: addDays(week.from, -7) } }}
        after={week.to < today ? { to: '/exercise', search: { week: addDays(week.from, 7) } } : undefined}
        beforeLabel={t('exercise:before')}
        afterLabel={t('exercise:after')}
      />
      {week.sessions === 0 && week.previous_weeks.weeks === 0 ? (
        <NothingYet icon="exercise" kind="exercise" title={t('exercise:none')} />
      ) : (
        <>
          <Card title={t('exercise:goal')}>
            <Goal week={week} onOpen={all} />
          </Card>
          <Summary week={week} onOpen={all} />
          <div className={`${health.columns} ${health.halves}`}>
            <Card title={t('exercise:days')}>
              <Days week={week} onOpen={(date) => open(date, date)} />
            </Card>
            <Card title={t('exercise:kinds')}>
              <Kinds week={week} />
            </Card>
          </div>
        </>
      )}
    </>
  );
}

function Summary({ week, onOpen }: { week: Week; onOpen(): void }) {
  const { t } = useTranslation('exercise');
  const formats = useFormats();
  const catalogue = useCatalogue();
  const energy = columnOf(catalogue, 'exercise', 'calories_burned');
  const distance = columnOf(catalogue, 'exercise', 'distance_km');
  const minutes = columnOf(catalogue, 'exercise', 'duration_minutes');
  const { strength, previous_weeks: previous, minutes_change_pct: change } = week;
  return (
    <Stats>
      <Stat
        label={t('minutes')}
        value={minutes?.figure(week.minutes) ?? null}
        unit={minutes?.unit}
        note={change !== null && week.days_so_far === week.days.length && t('change', { change: formats.change(change), count: previous.weeks })}
        onOpen={onOpen}
      />
      <Stat label={t('sessions')} value={formats.number(week.sessions)} note={t('activeDays', { count: week.active_days })} onOpen={onOpen} />
      <Stat label={t('strength')} value={formats.number(strength.days)} note={t('strengthGoal', { count: strength.recommended_days })} onOpen={onOpen} />
      {week.distance_km !== null && distance && <Stat label={distance.label} value={distance.figure(week.distance_km)} unit={distance.unit} onOpen={onOpen} />}
      {week.calories_burned !== null && energy && (
        <Stat label={t('energy')} value={energy.figure(week.calories_burned)} unit={energy.unit} note={week.calories_unknown > 0 && t('unknown', { count: week.calories_unknown })} onOpen={onOpen} />
      )}
    </Stats>
  );
}

function Kinds({ week }: { week: Week }) {
  const { t } = useTranslation(['exercise', 'log']);
  const minutes = columnOf(useCatalogue(), 'exercise', 'duration_minutes');
  if (week.sessions === 0) return <p className={health.hint}>{t('exercise:none')}</p>;
  return (
    <ul className={styles.kinds}>
      {week.by_type.map(({ exercise_type: kind, minutes: spent, sessions }) => (
        <li key={kind}>
          <span>{t(`log:options.${kind}`)}</span>
          <span className={styles.soft}>{t('exercise:times', { count: sessions })}</span>
          <b className="figures">{minutes?.value(spent)}</b>
        </li>
      ))}
    </ul>
  );
}
