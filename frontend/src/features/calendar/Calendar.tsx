import { NativeSelect } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { columnOf, useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useFindings } from '@/shared/findings';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { NothingYet, Steps } from '@/shared/health/Spans';
import { basisOf, readingsBehind } from '@/shared/readings/basis';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { TRIANGLE } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import styles from './Calendar.module.css';
import { LEVELS, levelsOf, monthsOf } from './months';
import { MonthGrid } from './MonthGrid';
import type { CalendarSearch } from './routes';

const DAYS = 365;

/** A metric's year at a glance: the darker a day, the higher its value. */
export default function Calendar() {
  const { t } = useTranslation('calendar');
  const { metric: key } = useParams({ strict: false });
  const catalogue = useCatalogue();
  const shown = (key === undefined ? undefined : catalogue.get(key)) ?? columnOf(catalogue, 'sleep', 'duration_hours');
  return (
    <Screen title={t('title')} lead={t('lead')}>
      {shown ? <Year shown={shown} /> : <LoadingState count={4} />}
    </Screen>
  );
}

function Year({ shown }: { shown: Shown }) {
  const { t } = useTranslation('calendar');
  const search = useSearch({ strict: false }) as CalendarSearch;
  const navigate = useNavigate();
  const formats = useFormats();
  const today = useToday();
  const to = search.to ?? today;
  const metric = shown.metric.key;
  const series = useSeries([metric], DAYS, search.to);
  const findings = useFindings({ metric, from: addDays(to, 1 - DAYS), to });
  const found = new Map(findings.data?.items.map((finding) => [finding.date, finding]));
  const go = (key: string, changes: CalendarSearch, replace = false) =>
    void navigate({ to: '/calendar/$metric', params: { metric: key }, search: { to: search.to, ...changes }, replace, resetScroll: false });
  const catalogue = useCatalogue();
  const tracker = basisOf(catalogue, metric)?.tracker;
  const open = (date: string) => go(metric, { readings: readingsBehind(catalogue, metric, date) });
  const later = addDays(to, DAYS);
  return (
    <>
      <div className={health.controls}>
        <Picker value={metric} onChange={(key) => go(key, {}, true)} />
        <Steps
          label={`${formats.month(addDays(to, 1 - DAYS))} – ${formats.month(to)}`}
          before={{ to: '/calendar/$metric', params: { metric }, search: { to: addDays(to, -DAYS) } }}
          after={to < today ? { to: '/calendar/$metric', params: { metric }, search: { to: later < today ? later : undefined } } : undefined}
          beforeLabel={t('before')}
          afterLabel={t('after')}
        />
      </div>
      <Loaded result={series} loading={<LoadingState count={4} />}>
        {({ first, series: [mine] }) =>
          mine?.values.some((value) => value !== null) ? (
            <>
              <Legend values={mine.values} shown={shown} hasFindings={found.size > 0} />
              <div className={styles.months}>
                {monthsOf(first, mine.values)
                  .filter(({ days }) => days.some(({ value }) => value !== null))
                  .map((month) => (
                    <MonthGrid key={month.first} month={month} shown={shown} found={found} onOpen={tracker && open} />
                  ))}
              </div>
            </>
          ) : (
            <NothingYet icon="calendar" kind={tracker ?? ''} />
          )
        }
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => go(metric, {})} />
    </>
  );
}

function Picker({ value, onChange }: { value: string; onChange(key: string): void }) {
  const { t } = useTranslation('calendar');
  const catalogue = useCatalogue();
  const options = [...catalogue.values()].map(({ metric: { key }, label }) => ({ value: key, label }));
  return <NativeSelect aria-label={t('metric')} value={value} data={options} onChange={(event) => onChange(event.currentTarget.value)} className={styles.picker} />;
}

/** What the shades are, in figures. */
function Legend({ values, shown, hasFindings }: { values: (number | null)[]; shown: Shown; hasFindings: boolean }) {
  const { t } = useTranslation('calendar');
  const levels = levelsOf(values);
  return (
    <ul className={`${styles.legend} figures`} aria-label={t('shades')}>
      {levels.map((begin, index) => (
        <li key={index}>
          <span className={`${styles.swatch} ${styles[`level${index + 1}`]}`} aria-hidden />
          {t('from', { value: shown.figure(begin) })}
          {index === LEVELS - 1 && shown.unit && ` ${shown.unit}`}
        </li>
      ))}
      {hasFindings && (
        <li>
          <svg className={styles.key} aria-hidden viewBox="0 0 10 10">
            <path d={TRIANGLE.above} />
          </svg>
          {t('findings')}
        </li>
      )}
    </ul>
  );
}
