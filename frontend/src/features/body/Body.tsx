import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { columnOf, useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { DayTable } from '@/shared/health/DayTable';
import health from '@/shared/health/health.module.css';
import { NothingYet, Spans } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { ClinicalMark } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Segments } from '@/shared/ui/Segments';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { Line } from './Line';
import { SPANS, type BodySearch } from './routes';
import { perWeek, smooth } from './trend';

const MAIN = 'weight_kg';

/** Body measurements: the trend under the daily ups and downs. */
export default function Body() {
  const { t } = useTranslation('body');
  const search = useSearch({ from: '/shell/body' });
  const navigate = useNavigate({ from: '/body' });
  const days = search.days ?? 90;
  const catalogue = useCatalogue();
  const measures = [...catalogue.values()].filter(({ metric: { source } }) => source.kind === 'column' && source.tracker === 'body');
  const shown = columnOf(catalogue, 'body', search.of ?? MAIN) ?? columnOf(catalogue, 'body', MAIN);
  const set = (changes: BodySearch) => void navigate({ search: (before) => ({ ...before, ...changes }), replace: !('readings' in changes), resetScroll: false });
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className={health.controls}>
        <Spans value={days} options={SPANS} onChange={(chosen) => set({ days: chosen })} />
        {shown && (
          <Segments
            label={t('what')}
            value={columnName(shown)}
            options={measures.map((measure) => ({ value: columnName(measure), label: measure.label }))}
            onChange={(of) => set({ of: of === MAIN ? undefined : of })}
          />
        )}
      </div>
      {shown && <Measure shown={shown} days={days} open={(from, to) => set({ readings: askFor('body', from, to, columnName(shown)) })} />}
      <ReadingsSheet readings={search.readings} onClose={() => set({ readings: undefined })} />
    </Screen>
  );
}

function columnName({ metric: { source } }: Shown): string {
  return source.kind === 'column' ? source.column : '';
}

function Measure({ shown, days, open }: { shown: Shown; days: number; open(from: string, to: string): void }) {
  const { t } = useTranslation(['body', 'health']);
  const series = useSeries([shown.metric.key], days);
  return (
    <Loaded result={series} loading={<LoadingState count={2} />}>
      {({ first, last, series: [mine] }) => {
        if (!mine?.values.some((value) => value !== null)) return <NothingYet icon="body" kind="body" />;
        const trend = smooth(mine.values);
        const rows = mine.values.flatMap((value, index) =>
          value === null ? [] : [{ date: addDays(first, index), cells: [shown.figure(value), shown.figure(trend[index] ?? value)] }],
        );
        return (
          <>
            <Summary shown={shown} values={mine.values} trend={trend} onOpen={() => open(first, last)} />
            <Card title={t('body:trend', { metric: shown.label })}>
              <Line first={first} values={mine.values} trend={trend} shown={shown} />
              <p className={health.hint}>{t('body:note')}</p>
              <DayTable title={t('health:allDays')} columns={[shown.label, t('body:trendShort')]} rows={rows.reverse()} onOpen={(date) => open(date, date)} />
            </Card>
          </>
        );
      }}
    </Loaded>
  );
}

interface SummaryProps {
  shown: Shown;
  values: (number | null)[];
  trend: (number | null)[];
  onOpen(): void;
}

function Summary({ shown, values, trend, onOpen }: SummaryProps) {
  const { t } = useTranslation('body');
  const formats = useFormats();
  const at = values.findLastIndex((value) => value !== null);
  const [value, level] = [values[at], trend[at]];
  const known = trend.filter((one) => one !== null);
  const pace = perWeek(trend);
  const range = shown.metric.clinical;
  const isOutside = range && value != null && (value < range.low || value > range.high);
  return (
    <Stats>
      <Stat label={t('now')} value={level == null ? null : shown.figure(level)} unit={shown.unit} note={t('nowNote')} onOpen={onOpen} />
      <Stat
        label={t('latest')}
        value={value == null ? null : shown.figure(value)}
        unit={shown.unit}
        mark={isOutside && <ClinicalMark title={shown.metric.guideline} />}
        note={formats.ago(values.length - 1 - at)}
        onOpen={onOpen}
      />
      <Stat label={t('pace')} value={pace === null ? null : shown.change(pace)} note={t(pace === null ? 'paceWait' : 'paceNote')} onOpen={onOpen} />
      <Stat label={t('span')} value={shown.change((known.at(-1) ?? 0) - (known[0] ?? 0))} note={t('spanNote')} onOpen={onOpen} />
    </Stats>
  );
}
