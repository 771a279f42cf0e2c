import { useTranslation } from 'react-i18next';
import type { Series } from '@/shared/api/series';
import type { Shown } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import styles from './Chart.module.css';
import type { Marker } from './rail';

interface Props {
  first: string;
  series: Series;
  shown: Shown;
  markers?: Marker[];
}

/** The chart's numbers, the newest day first. */
export function SeriesTable({ first, series, shown, markers = [] }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const marked = new Map(markers.map((marker) => [marker.date, marker]));
  const days = series.values
    .map((value, index) => ({ value, index, date: addDays(first, index) }))
    .filter(({ value }) => value !== null)
    .reverse();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={shown.label}>
      <table className={`${styles.table} figures`}>
        <thead>
          <tr>
            <th scope="col">{t('chart.day')}</th>
            <th scope="col">{t('chart.value')}</th>
            <th scope="col">{t('chart.usual')}</th>
            <th scope="col">{t('chart.state')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ value, index, date }) => {
            const [low, high] = [series.usual?.low[index], series.usual?.high[index]];
            const marker = marked.get(date);
            return (
              <tr key={date}>
                <th scope="row">{formats.day(date)}</th>
                <td>{value !== null && shown.value(value)}</td>
                <td>{low != null && high != null && shown.range(low, high)}</td>
                <td>
                  {marker?.isUnusual && <UnusualMark direction={marker.direction} seen={marker.isSeen} />}
                  {marker?.isClinical && <ClinicalMark />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
