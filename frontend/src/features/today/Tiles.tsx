import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { daysBetween } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { ClinicalMark, UnusualMark, UsualMark } from '@/shared/ui/marks';
import { RangePill } from '@/shared/ui/RangePill';
import { Sparkline } from '@/shared/ui/Sparkline';
import { LearningState } from '@/shared/ui/states';
import { Tile } from '@/shared/ui/Tile';
import type { Daily, DailyMetric } from './api';
import styles from './Today.module.css';

const DAYS = 30;

/** The metrics that are watched and that something is known of; what stands out comes first. */
export function Tiles({ daily }: { daily: Daily }) {
  const { t } = useTranslation('today');
  const catalogue = useCatalogue();
  const metrics = daily.metrics
    .filter(({ key, latest }) => latest !== null && catalogue.get(key)?.metric.watched)
    .sort((one, other) => standsOut(other) - standsOut(one));
  const { data } = useSeries(metrics.map(({ key }) => key).sort(), DAYS, daily.is_today ? undefined : daily.date);
  const values = new Map(data?.series.map((series) => [series.key, series.values]));
  return (
    <section aria-label={t('tiles')}>
      <h2 className="hidden-visually">{t('tiles')}</h2>
      <div className={styles.tiles}>
        {metrics.map((metric) => {
          const shown = catalogue.get(metric.key);
          return (
            shown && <MetricTile key={metric.key} metric={metric} shown={shown} daily={daily} month={values.get(metric.key)} />
          );
        })}
      </div>
    </section>
  );
}

/** A day that is not over says little yet of what is summed up over it. */
function isPartial(metric: DailyMetric, shown: Shown | undefined, daily: Daily): boolean {
  const source = shown?.metric.source;
  const grows = source?.kind === 'column' && source.aggregation === 'sum' && source.tracker !== 'sleep';
  return daily.is_today && metric.value !== null && grows;
}

function standsOut(metric: DailyMetric): number {
  const isOut = metric.direction === 'above' || metric.direction === 'below';
  return (metric.clinical?.is_outside ? 2 : 0) + (isOut ? 1 : 0);
}

interface Props {
  metric: DailyMetric;
  shown: Shown;
  daily: Daily;
  month: (number | null)[] | undefined;
}

function MetricTile({ metric, shown, daily, month }: Props) {
  const value = metric.value ?? metric.latest?.value ?? null;
  const { low, high } = metric.usual;
  const isOpen = isPartial(metric, shown, daily);
  const isGrowing = isOpen && value !== null && high !== null && value <= high;
  const isKnown = metric.status !== 'learning' && low !== null && high !== null;
  return (
    <Tile
      label={shown.label}
      value={value === null ? '–' : shown.figure(value)}
      unit={shown.unit}
      link={{ to: '/trends/$metric', params: { metric: metric.key } }}
      aside={month && <Sparkline values={month} low={isKnown ? low : null} high={isKnown ? high : null} isOpen={isGrowing} />}
      foot={<Foot metric={metric} daily={daily} isPartial={isOpen} />}
    >
      {isKnown ? (
        <RangePill value={value} low={low} high={high} text={shown.range(low, high)} isOpen={isGrowing} />
      ) : (
        <LearningState days={metric.usual.days} needed={metric.days_needed} />
      )}
    </Tile>
  );
}

function Foot({ metric, daily, isPartial: isOpen }: { metric: DailyMetric; daily: Daily; isPartial: boolean }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  if (metric.value === null && metric.latest)
    return <span>{t('stale', { ago: formats.ago(daysBetween(metric.latest.date, daily.date)) })}</span>;
  const isOut = metric.direction === 'above' || metric.direction === 'below';
  return (
    <>
      {isOut && !(isOpen && metric.direction === 'below') && <UnusualMark direction={metric.direction as 'above'} />}
      {metric.clinical?.is_outside && <ClinicalMark title={metric.clinical.guideline} />}
      {metric.direction === 'usual' && !isOpen && <UsualMark />}
      {isOpen && <span>{t('soFar')}</span>}
    </>
  );
}
