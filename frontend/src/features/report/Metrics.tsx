import { useTranslation } from 'react-i18next';
import type { Series } from '@/shared/api/series';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { isTracker } from '@/shared/trackers';
import styles from './Report.module.css';
import { summaryOf } from './summary';

interface Props {
  first: string;
  last: string;
  series: Series[];
  onOpen(readings: string): void;
}

/** Everything that is measured and has a clinical range or is watched: daily values, summed up. */
export function Metrics({ first, last, series, onOpen }: Props) {
  const { t } = useTranslation(['report', 'health']);
  const catalogue = useCatalogue();
  const rows = series.flatMap((one) => {
    const shown = catalogue.get(one.key);
    const summary = shown && (shown.metric.clinical || shown.metric.watched) ? summaryOf(one.values, shown.metric.clinical) : undefined;
    return shown && summary ? [{ shown, summary }] : [];
  });
  return (
    <section>
      <h3>{t('report:metrics')}</h3>
      <div className={styles.scroll} role="region" aria-label={t('report:metrics')} tabIndex={0}>
        <table className={`${styles.table} figures`}>
          <thead>
            <tr>
              <th scope="col">{t('report:metric')}</th>
              <th scope="col">{t('report:days')}</th>
              <th scope="col">{t('health:mean')}</th>
              <th scope="col">{t('report:extremes')}</th>
              <th scope="col">{t('report:range')}</th>
              <th scope="col">{t('report:outside')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ shown, summary }) => (
              <tr key={shown.metric.key}>
                <th scope="row">{shown.label}</th>
                <td>{summary.days}</td>
                <td>
                  <Mean shown={shown} mean={summary.mean} first={first} last={last} onOpen={onOpen} />
                </td>
                <td>{shown.range(summary.least, summary.most)}</td>
                <td>{shown.metric.clinical ? <Range shown={shown} /> : '–'}</td>
                <td>{summary.outside === null ? '–' : <Outside count={summary.outside} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface MeanProps {
  shown: Shown;
  mean: number;
  first: string;
  last: string;
  onOpen(readings: string): void;
}

function Mean({ shown, mean, first, last, onOpen }: MeanProps) {
  const { source } = shown.metric;
  const told = shown.value(mean);
  if (source.kind !== 'column' || !isTracker(source.tracker)) return told;
  const asked = askFor(source.tracker, first, last, source.column);
  return <Opener onOpen={() => onOpen(asked)}>{told}</Opener>;
}

/** The clinical range without an end that is only the end of what is possible. */
function Range({ shown: { metric, figure, range } }: { shown: Shown }) {
  const { clinical, plausible } = metric;
  if (!clinical) return null;
  if (clinical.low <= plausible.low) return `≤ ${figure(clinical.high)}`;
  return clinical.high >= plausible.high ? `≥ ${figure(clinical.low)}` : range(clinical.low, clinical.high);
}

/** A number, and a shape where it is not none: a print may have no colours. */
function Outside({ count }: { count: number }) {
  const formats = useFormats();
  return count === 0 ? formats.number(0) : <b className={styles.outside}>◆ {formats.number(count)}</b>;
}
