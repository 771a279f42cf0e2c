import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { daysBetween } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import { RangePill } from '@/shared/ui/RangePill';
import { Sparkline } from '@/shared/ui/Sparkline';
import { LearningState } from '@/shared/ui/states';
import { Tile } from '@/shared/ui/Tile';
import type { Daily, DailyMetric, FindingOfDay } from './api';
import styles from './Today.module.css';

const DAYS = 30;

/** The metrics that are watched and that something is known of; what stands out comes first. Marked as
 * unusual is what there is a finding of, as in the headline, on "Review" and in the calendar. */
export function Tiles({ daily }: { daily: Daily }) {
  const { t } = useTranslation('today');
  const catalogue = useCatalogue();
  const found = new Map(daily.findings_of_day.map((finding) => [finding.metric_name, finding]));
  const rank = (metric: DailyMetric) => standsOut(metric, found.get(metric.key));
  const metrics = daily.metrics
    .filter(({ key, latest }) => latest !== null && (catalogue.get(key)?.metric.watched || found.has(key)))
    .sort((one, other) => rank(other) - rank(one));
  const { data } = useSeries(metrics.map(({ key }) => key).sort(), DAYS, daily.is_today ? undefined : daily.date);
  const values = new Map(data?.series.map((series) => [series.key, series.values]));
  return (
    <section aria-label={t('tiles')}>
      <h2 className="hidden-visually">{t('tiles')}</h2>
      <div className={styles.tiles}>
        {metrics.map((metric) => {
          const shown = catalogue.get(metric.key);
          return (
            shown && <MetricTile key={metric.key} metric={metric} finding={found.get(metric.key)} shown={shown} daily={daily} month={values.get(metric.key)} />
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

function standsOut({ clinical }: DailyMetric, finding: FindingOfDay | undefined): number {
  return (finding ? 4 : 0) + (clinical?.is_outside ? 1 : 0);
}

interface Props {
  metric: DailyMetric;
  finding: FindingOfDay | undefined;
  shown: Shown;
  daily: Daily;
  month: (number | null)[] | undefined;
}

function MetricTile({ metric, finding, shown, daily, month }: Props) {
  const value = metric.value ?? metric.latest?.value ?? null;
  const { low, high } = metric.usual;
  const isOpen = isPartial(metric, shown, daily);
  const isGrowing = isOpen && value !== null && high !== null && value <= high;
  const isPlain = isGrowing || !finding?.is_unusual;
  const isKnown = metric.status !== 'learning' && low !== null && high !== null;
  return (
    <Tile
      label={shown.label}
      value={value === null ? '–' : shown.figure(value)}
      unit={shown.unit}
      link={{ to: '/trends/$metric', params: { metric: metric.key } }}
      aside={month && <Sparkline values={month} low={isKnown ? low : null} high={isKnown ? high : null} isOpen={isPlain} />}
      foot={<Foot metric={metric} finding={finding} daily={daily} isPartial={isOpen} />}
    >
      {isKnown ? (
        <RangePill value={value} low={low} high={high} text={shown.range(low, high)} isOpen={isPlain} />
      ) : (
        <LearningState days={metric.usual.days} needed={metric.days_needed} />
      )}
    </Tile>
  );
}

const WORDS = { above: 'higher', below: 'lower', usual: 'alike' } as const;

function Foot({ metric, finding, daily, isPartial: isOpen }: Pick<Props, 'metric' | 'finding' | 'daily'> & { isPartial: boolean }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  if (metric.value === null && metric.latest)
    return <span>{t('stale', { ago: formats.ago(daysBetween(metric.latest.date, daily.date)) })}</span>;
  const clinical = finding?.clinical ?? (metric.clinical?.is_outside ? metric.clinical.guideline : undefined);
  const saysLittle = isOpen && metric.direction !== 'above';
  return (
    <>
      {finding?.is_unusual && <UnusualMark direction={finding.direction} seen={finding.is_acknowledged} />}
      {clinical !== undefined && <ClinicalMark title={clinical} />}
      {!finding?.is_unusual && metric.direction && !saysLittle && <span>{t(WORDS[metric.direction])}</span>}
      {isOpen && <span>{t('soFar')}</span>}
    </>
  );
}
