import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import type { Series } from '@/shared/api/series';
import type { Shown } from '@/shared/catalogue/catalogue';
import { daysBetween, utcOf } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { DIAMOND, TRIANGLE } from '@/shared/ui/marks';
import styles from './Chart.module.css';
import { clustersOf, type Cluster, type Marker } from './rail';

interface Props {
  markers: Marker[];
  plot: uPlot;
  first: string;
  series: Series;
  shown: Shown;
  onOpen(ids: string[]): void;
}

/** Real buttons below the chart, one a finding or a cluster of them. */
export function Rail({ markers, plot, first, series, shown, onOpen }: Props) {
  const { t } = useTranslation();
  const offset = plot.bbox.left / devicePixelRatio;
  const width = plot.bbox.width / devicePixelRatio;
  const positionOf = (date: string) => offset + plot.valToPos(utcOf(date) / 1_000, 'x');
  const inView = markers.filter(({ date }) => {
    const left = positionOf(date);
    return left >= offset - 1 && left <= offset + width + 1;
  });
  const clusters = clustersOf(inView, positionOf);
  return (
    <div className={styles.rail}>
      <ul aria-label={t('chart.rail')}>
        {clusters.map((cluster) => (
          <li key={cluster.head.id}>
            <RailButton cluster={cluster} valueOf={(date) => series.values[daysBetween(first, date)] ?? null} shown={shown} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ButtonProps {
  cluster: Cluster;
  valueOf(date: string): number | null;
  shown: Shown;
  onOpen(ids: string[]): void;
}

function RailButton({ cluster, valueOf, shown, onOpen }: ButtonProps) {
  const { head, markers, left } = cluster;
  const label = useLabel(cluster, valueOf, shown);
  const ranked = [...markers].sort((one, other) => other.rank - one.rank);
  const isSeen = markers.every((marker) => marker.isSeen);
  const kind = isSeen ? styles.seen : head.isClinical ? styles.clinical : '';
  return (
    <button
      type="button"
      className={`${styles.marker} ${kind}`}
      style={{ left }}
      aria-label={label}
      data-finding={head.id}
      onClick={() => onOpen(ranked.map(({ id }) => id))}
    >
      {markers.length > 1 ? (
        markers.length
      ) : (
        <svg aria-hidden focusable="false" width="12" height="12" viewBox="0 0 10 10" fill="currentColor">
          <path d={head.isClinical ? DIAMOND : TRIANGLE[head.direction]} />
        </svg>
      )}
    </button>
  );
}

function useLabel({ head, markers }: Cluster, valueOf: ButtonProps['valueOf'], shown: Shown): string {
  const { t } = useTranslation();
  const formats = useFormats();
  const dates = markers.map(({ date }) => date).sort();
  if (markers.length > 1) {
    const [first, last] = [dates[0] ?? '', dates.at(-1) ?? ''];
    return t('chart.cluster', { count: markers.length, first: formats.shortDay(first), last: formats.shortDay(last) });
  }
  const value = valueOf(head.date);
  return t('chart.marker', {
    day: formats.day(head.date),
    value: value === null ? '–' : shown.value(value),
    state: stateOf(head, t),
  });
}

function stateOf(marker: Marker, t: TFunction<'common'>): string {
  const unusual = t(marker.direction === 'above' ? 'mark.above' : 'mark.below');
  if (!marker.isClinical) return unusual;
  return marker.isUnusual ? `${unusual}, ${t('mark.clinical')}` : t('mark.clinical');
}
