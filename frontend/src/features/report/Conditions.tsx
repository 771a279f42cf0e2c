import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { useSleep, useTrends, type Glucose, type Pressure } from './api';
import styles from './Report.module.css';

interface Props {
  days: number;
  onOpen(readings: string): void;
}

/** The averages that guidelines name. What there are no readings of is left out. */
export function Conditions({ days, onOpen }: Props) {
  const { t } = useTranslation('report');
  return (
    <section>
      <h3>{t('averages')}</h3>
      <dl className={`${styles.averages} figures`}>
        <PressureRow days={days} onOpen={onOpen} />
        <GlucoseRow days={days} onOpen={onOpen} />
        <SleepRow days={days} onOpen={onOpen} />
      </dl>
      <Written days={days} />
    </section>
  );
}

function PressureRow({ days, onOpen }: Props) {
  const { t } = useTranslation(['report', 'pressure', 'health']);
  const shown = columnOf(useCatalogue(), 'vitals', 'blood_pressure_systolic');
  const trends = useTrends('hypertension', days).data as Pressure | undefined;
  const home = trends?.home_average;
  if (!trends || !shown || home?.systolic == null || home.diastolic === null) return null;
  const { acc_aha_2017: american, esc_2024: european } = trends.categories;
  const named = [
    american && `${t('pressure:guides.american')}: ${t(`pressure:american.${american}`)}`,
    european && `${t('pressure:guides.european')}: ${t(`pressure:european.${european}`)}`,
  ].filter(Boolean);
  return (
    <div>
      <dt>{t('pressure:homeAverage')}</dt>
      <dd>
        <Opener onOpen={() => onOpen(askFor('vitals', trends.from, trends.to, 'blood_pressure_systolic', 'blood_pressure_diastolic'))}>
          {`${shown.figure(home.systolic)}/${shown.value(home.diastolic)}`}
        </Opener>
      </dd>
      <dd className={styles.soft}>{[t('health:readings', { count: home.averaged_readings }), ...named].join(' · ')}</dd>
    </div>
  );
}

function GlucoseRow({ days, onOpen }: Props) {
  const { t } = useTranslation(['report', 'glucose', 'health']);
  const formats = useFormats();
  const shown = columnOf(useCatalogue(), 'chronic', 'blood_glucose_mgdl');
  const trends = useTrends('diabetes', days).data as Glucose | undefined;
  if (!trends || !shown || trends.glucose.mean === null) return null;
  const { glucose, gmi, ranges } = trends;
  const told = [
    t('health:readings', { count: glucose.readings }),
    ranges.in_range_pct !== null && `${t('glucose:inTarget')}: ${formats.percent(ranges.in_range_pct / 100)}`,
    gmi.value !== null && `${t('glucose:gmi')}: ${formats.number(gmi.value, 1)} %`,
    glucose.cv_pct !== null && `${t('glucose:cv')}: ${formats.number(glucose.cv_pct, 1)} %`,
  ].filter(Boolean);
  return (
    <div>
      <dt>{t('glucose:mean')}</dt>
      <dd>
        <Opener onOpen={() => onOpen(askFor('chronic', trends.from, trends.to, 'blood_glucose_mgdl'))}>{shown.value(trends.glucose.mean)}</Opener>
      </dd>
      <dd className={styles.soft}>{told.join(' · ')}</dd>
    </div>
  );
}

function SleepRow({ days, onOpen }: Props) {
  const { t } = useTranslation(['sleep', 'health']);
  const formats = useFormats();
  const { data: stats } = useSleep(days);
  if (!stats || stats.duration.mean_hours === null) return null;
  const { clock, regularity } = stats;
  const told = [
    t('health:nights', { count: stats.nights }),
    clock.bedtime && clock.wake_time && `${clock.bedtime}–${clock.wake_time}`,
    regularity.index !== null && `${t('sleep:regularity')}: ${formats.number(regularity.index)}`,
  ].filter(Boolean);
  return (
    <div>
      <dt>{t('sleep:mean')}</dt>
      <dd>
        <Opener onOpen={() => onOpen(askFor('sleep', stats.from, stats.to, 'duration_hours'))}>{formats.hours(stats.duration.mean_hours)}</Opener>
      </dd>
      <dd className={styles.soft}>{told.join(' · ')}</dd>
    </div>
  );
}

const MOST = 8;

/** Medication and symptoms of all conditions, as they were written down. */
function Written({ days }: { days: number }) {
  const { t } = useTranslation('report');
  const formats = useFormats();
  const all = [useTrends('heart', days), useTrends('diabetes', days), useTrends('hypertension', days), useTrends('other', days)];
  const notes = [...new Map(all.flatMap(({ data }) => data?.mentions.items ?? []).map((note) => [note.id, note])).values()]
    .sort((one, other) => other.date.localeCompare(one.date))
    .slice(0, MOST);
  if (notes.length === 0) return null;
  return (
    <>
      <h3>{t('written')}</h3>
      <ul className={styles.notes}>
        {notes.map(({ id, date, medication, symptoms }) => (
          <li key={id}>{`${formats.shortDay(date)}: ${[medication, symptoms].filter(Boolean).join('; ')}`}</li>
        ))}
      </ul>
    </>
  );
}
