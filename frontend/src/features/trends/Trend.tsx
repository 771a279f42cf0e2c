import { Button, NativeSelect } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { trimmed, useSeries } from '@/shared/api/series';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { Chart } from '@/shared/chart/Chart';
import { SeriesTable } from '@/shared/chart/SeriesTable';
import { useFindings, type Finding } from '@/shared/findings';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import { markersOf } from '@/shared/markers';
import { readingsBehind } from '@/shared/readings/basis';
import { Card } from '@/shared/ui/Card';
import { Icon } from '@/shared/ui/Icon';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Segments } from '@/shared/ui/Segments';
import { EmptyState, Loaded, LoadingState } from '@/shared/ui/states';
import { SPANS, type TrendSearch } from './routes';
import styles from './Trends.module.css';

/** They come when they are asked for: the chart is there first. */
const FindingSheet = lazy(() => import('@/shared/finding/FindingSheet').then(({ FindingSheet: sheet }) => ({ default: sheet })));
const ReadingsSheet = lazy(() => import('@/shared/readings/ReadingsSheet').then(({ ReadingsSheet: sheet }) => ({ default: sheet })));

export default function Trend() {
  const { t } = useTranslation(['trends', 'nav']);
  const { metric } = useParams({ from: '/shell/trends/$metric' });
  const catalogue = useCatalogue();
  const shown = catalogue.get(metric);
  if (catalogue.size === 0) return <LoadingState count={1} />;
  if (shown === undefined) return <EmptyState icon="trends" title={t('unknown')} />;
  return (
    <Screen title={shown.label} back={{ to: '/trends', label: t('nav:trends') }}>
      <Metric shown={shown} catalogue={catalogue} />
    </Screen>
  );
}

function Metric({ shown, catalogue }: { shown: Shown; catalogue: ReadonlyMap<string, Shown> }) {
  const { t } = useTranslation('trends');
  const search = useSearch({ from: '/shell/trends/$metric' });
  const navigate = useNavigate({ from: '/trends/$metric' });
  const set = (changes: TrendSearch) => void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false });
  const days = search.days ?? 90;
  const today = useToday();
  const to = search.to ?? today;
  const key = shown.metric.key;
  const other = search.compare && search.compare !== key ? catalogue.get(search.compare) : undefined;
  const series = useSeries(other ? [key, other.metric.key] : [key], days, search.to);
  const findings = useFindings({ metric: key, from: addDays(to, 1 - days), to });
  const open = (id: string | undefined) => void navigate({ search: (before) => ({ ...before, finding: id }), resetScroll: false });
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  const behind = readingsBehind(catalogue, key, addDays(to, 1 - days), to);
  const found = findings.data?.items;
  const markers = useMemo(() => markersOf(found ?? []), [found]);
  return (
    <>
      <div className={styles.controls}>
        <Segments
          label={t('span')}
          value={String(days)}
          options={SPANS.map((span) => ({ value: String(span), label: t(`spans.${span}`) }))}
          onChange={(value) => set({ days: SPANS.find((span) => String(span) === value) })}
        />
        <div className={styles.ways}>
          <Button variant="default" leftSection={<Icon name={search.view ? 'trends' : 'table'} size={18} />} aria-pressed={search.view === 'table'} onClick={() => set({ view: search.view ? undefined : 'table' })}>
            {t(search.view ? 'asChart' : 'asTable')}
          </Button>
          {behind && (
            <Button variant="default" onClick={() => show(behind)}>
              {t('readings')}
            </Button>
          )}
        </div>
      </div>
      <Card>
        <Loaded result={series} loading={<LoadingState count={1} />}>
          {(answer) => {
            const { first, series: all } = trimmed(answer);
            const [mine] = all.filter((one) => one.key === key);
            const [its] = other ? all.filter((one) => one.key === other.metric.key) : [];
            if (!mine?.values.some((value) => value !== null))
              return <EmptyState icon="trends" title={t('noDays')} text={t('noDaysText')} />;
            return search.view === 'table' ? (
              <SeriesTable first={first} series={mine} shown={shown} markers={markers} />
            ) : (
              <Chart first={first} series={mine} shown={shown} markers={markers} other={other && its && { series: its, shown: other }} onOpen={(ids) => open(ids.join('.'))} height={300} />
            );
          }}
        </Loaded>
      </Card>
      <div className={styles.controls}>
        <NativeSelect
          className={styles.compare}
          label={t('compare')}
          value={other?.metric.key ?? ''}
          onChange={(event) => set({ compare: event.currentTarget.value || undefined })}
          data={[{ value: '', label: t('compareNone') }, ...[...catalogue.values()].filter(({ metric }) => metric.key !== key).map(({ metric, label }) => ({ value: metric.key, label }))]}
        />
      </div>
      <UnusualDays findings={findings.data?.items ?? []} shown={shown} onOpen={open} />
      {search.finding && (
        <Suspense>
          <FindingSheet ids={search.finding.split('.')} onClose={() => open(undefined)} />
        </Suspense>
      )}
      {search.readings && (
        <Suspense>
          <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
        </Suspense>
      )}
    </>
  );
}

interface DaysProps {
  findings: Finding[];
  shown: Shown;
  onOpen(id: string): void;
}

function UnusualDays({ findings, shown, onOpen }: DaysProps) {
  const { t } = useTranslation('trends');
  const formats = useFormats();
  return (
    <Card title={t('unusualDays')} aside={<span className="figures">{findings.length}</span>}>
      {findings.length === 0 ? (
        <p className={styles.note}>{t('noUnusualDays')}</p>
      ) : (
        <ul className={styles.days}>
          {findings.map((finding) => (
            <li key={finding.id}>
              <button type="button" className={styles.day} onClick={() => onOpen(finding.id)}>
                <time dateTime={finding.date}>{formats.day(finding.date)}</time>
                <b className="figures">{shown.value(finding.metric_value)}</b>
                {finding.is_unusual && <UnusualMark direction={finding.direction} seen={finding.is_acknowledged} />}
                {finding.clinical && <ClinicalMark title={finding.clinical} />}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
