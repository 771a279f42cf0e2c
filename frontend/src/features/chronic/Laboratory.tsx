import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/shared/api/client';
import type { Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from '@/shared/health/Stats';
import { Card } from '@/shared/ui/Card';
import { ClinicalMark } from '@/shared/ui/marks';
import { Sparkline } from '@/shared/ui/Sparkline';
import styles from './Chronic.module.css';

export interface Test {
  shown: Shown;
  /** The oldest first. */
  results: Schemas['LaboratoryResult'][];
  /** Where it stands in an entry. */
  column: string;
}

/** One test's results: the latest, how it changed, and where it should be. */
export function Laboratory({ test: { shown, results }, onOpen }: { test: Test; onOpen(): void }) {
  const { t } = useTranslation('chronic');
  const formats = useFormats();
  const latest = results.at(-1);
  const previous = results.at(-2);
  const range = shown.metric.clinical;
  if (latest === undefined) return null;
  const isOutside = range && (latest.value < range.low || latest.value > range.high);
  return (
    <Card title={shown.label} className={styles.test}>
      <div className={styles.top}>
        <p className={`${styles.value} figures`}>
          <Opener onOpen={onOpen}>{shown.figure(latest.value)}</Opener>
          <span className={styles.unit}>{shown.unit}</span>
        </p>
        <Sparkline values={results.map(({ value }) => value)} width={104} height={40} />
      </div>
      {isOutside && (
        <p className={styles.line}>
          <ClinicalMark title={shown.metric.guideline} />
        </p>
      )}
      <p className={styles.line}>{formats.day(latest.date)}</p>
      {previous && <p className={`${styles.line} figures`}>{t('change', { change: shown.change(latest.value - previous.value), date: formats.day(previous.date) })}</p>}
      {range && <p className={`${styles.line} figures`}>{wordsOf(shown, t)}</p>}
    </Card>
  );
}

/** The clinical range without an end that is only the end of what is possible. */
function wordsOf({ metric: { clinical, plausible }, figure, range }: Shown, t: ReturnType<typeof useTranslation<'chronic'>>['t']): string {
  if (!clinical) return '';
  if (clinical.low <= plausible.low) return t('upTo', { high: figure(clinical.high) });
  return clinical.high >= plausible.high ? t('from', { low: figure(clinical.low) }) : t('range', { range: range(clinical.low, clinical.high) });
}
