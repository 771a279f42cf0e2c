import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { NothingYet, Spans } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useNights, useStats, type Stats as SleepStats } from './api';
import { Nights } from './Nights';
import { SPANS } from './routes';

/** Nights: how long, when, how regular, and what is missing. */
export default function Sleep() {
  const { t } = useTranslation('sleep');
  const search = useSearch({ from: '/shell/sleep' });
  const navigate = useNavigate({ from: '/sleep' });
  const days = search.days ?? 30;
  const stats = useStats(days);
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className={health.controls}>
        <Spans value={days} options={SPANS} onChange={(chosen) => void navigate({ search: (before) => ({ ...before, days: chosen }), replace: true, resetScroll: false })} />
      </div>
      <Loaded result={stats} loading={<LoadingState count={3} />}>
        {(answer) =>
          answer.nights === 0 ? (
            <NothingYet icon="sleep" kind="sleep" />
          ) : (
            <Figures stats={answer} onOpen={(...columns) => show(askFor('sleep', answer.from, answer.to, ...columns))} />
          )
        }
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Figures({ stats, onOpen }: { stats: SleepStats; onOpen(...columns: string[]): void }) {
  const { t } = useTranslation(['sleep', 'health']);
  const nights = useNights(stats.from, stats.to);
  return (
    <>
      {stats.status === 'learning' && <p className={health.hint}>{t('health:learning')}</p>}
      <Stats>
        <Duration stats={stats} onOpen={() => onOpen('duration_hours')} />
        <Rhythm stats={stats} onOpen={() => onOpen('duration_hours')} />
        <Rest stats={stats} onOpen={onOpen} />
      </Stats>
      <Card title={t('sleep:nights')}>
        <Loaded result={nights} loading={<LoadingState count={1} />}>
          {(found) => <Nights nights={found} />}
        </Loaded>
      </Card>
    </>
  );
}

interface Props {
  stats: SleepStats;
  onOpen(): void;
}

function Duration({ stats: { duration, debt, nights }, onOpen }: Props) {
  const { t } = useTranslation(['sleep', 'health']);
  const formats = useFormats();
  const { mean_hours: mean, min_hours: least, max_hours: most } = duration;
  return (
    <>
      <Stat
        label={t('sleep:mean')}
        value={mean === null ? null : formats.hours(mean)}
        note={least !== null && most !== null && `${t('health:nights', { count: nights })}, ${formats.hours(least)}–${formats.hours(most)}`}
        onOpen={onOpen}
      />
      <Stat
        label={t('sleep:debt')}
        value={debt.hours === null ? null : formats.hours(debt.hours)}
        note={t('sleep:debtNote', { hours: formats.hours(debt.recommended_hours), nights: t('health:nights', { count: debt.nights }) })}
        onOpen={onOpen}
      />
    </>
  );
}

function Rhythm({ stats: { clock, regularity, social_jet_lag: lag }, onOpen }: Props) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  return (
    <>
      <Stat
        label={t('regularity')}
        value={regularity.index === null ? null : formats.number(regularity.index)}
        note={t(regularity.index === null ? 'regularityWait' : 'regularityNote')}
        onOpen={onOpen}
      />
      <Stat
        label={t('clock')}
        value={clock.bedtime && clock.wake_time ? `${clock.bedtime}–${clock.wake_time}` : null}
        note={lag.minutes !== null && t('lag', { time: formats.hours(Math.abs(lag.minutes) / 60) })}
        onOpen={onOpen}
      />
    </>
  );
}

/** Stages, quality and waking up, as far as nights have them. */
function Rest({ stats: { stages, quality, awakenings }, onOpen }: { stats: SleepStats; onOpen(...columns: string[]): void }) {
  const { t } = useTranslation('health');
  const formats = useFormats();
  const catalogue = useCatalogue();
  const rows = [
    { column: 'deep_sleep_minutes', value: stages.deep_pct, nights: stages.deep_nights, unit: '%', decimals: 0 },
    { column: 'rem_sleep_minutes', value: stages.rem_pct, nights: stages.rem_nights, unit: '%', decimals: 0 },
    { column: 'quality_score', value: quality.mean, nights: quality.nights, unit: undefined, decimals: 0 },
    { column: 'awakenings', value: awakenings.mean, nights: awakenings.nights, unit: undefined, decimals: 1 },
  ];
  return rows.map(({ column, value, nights, unit, decimals }) =>
    value === null ? null : (
      <Stat
        key={column}
        label={columnOf(catalogue, 'sleep', column)?.label ?? ''}
        value={formats.number(value, decimals)}
        unit={unit}
        note={t('nights', { count: nights })}
        onOpen={() => onOpen(column)}
      />
    ),
  );
}
