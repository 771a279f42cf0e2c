import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { Stat, Stats } from '@/shared/health/Stats';
import { useMe } from '@/shared/session/session';
import { hourIn } from './day';
import { DayLine } from './DayLine';
import { useKind, type ReadingDay } from './kinds';
import styles from './readings.module.css';

interface Props {
  day: ReadingDay;
  band?: { low: number; high: number };
}

/** A day's value, and all readings behind it: those that count, and those that another source stands before. */
export function DayReadings({ day, band }: Props) {
  const { t } = useTranslation('day');
  const { data: me } = useMe();
  const { label, figure, unit } = useKind()(day.kind, day.unit);
  const hour = hourIn(me?.timezone ?? 'UTC');
  const points = day.readings.map(({ at, value, part }) => ({ hour: hour(at), value, part, counts: part > 0 }));
  return (
    <div className={styles.day}>
      <Stats>
        <Stat label={t(day.aggregation)} value={day.value === null ? null : figure(day.value)} unit={unit} note={t('counted', { count: day.counted })} />
        {day.aggregation === 'mean' && day.low !== null && day.high !== null && <Stat label={t('span')} value={`${figure(day.low)}–${figure(day.high)}`} unit={unit} />}
        {day.suppressed > 0 && <Stat label={t('suppressed')} value={String(day.suppressed)} note={t('suppressedNote')} />}
      </Stats>
      <DayLine label={label} points={points} isSum={day.aggregation === 'sum'} figure={figure} band={band} />
      <Table day={day} figure={figure} unit={unit} />
    </div>
  );
}

const AT_ONCE = 300;

function Table({ day: { readings }, figure, unit }: { day: ReadingDay; figure(value: number): string; unit: string }) {
  const { t } = useTranslation('day');
  const formats = useFormats();
  const [most, setMost] = useState(AT_ONCE);
  return (
    <details className={health.days}>
      <summary>{t('all', { count: readings.length })}</summary>
      <div className={health.scroll} role="region" aria-label={t('table')} tabIndex={0}>
        <table className={`${health.table} figures`}>
          <thead>
            <tr>
              <th scope="col">{t('time')}</th>
              <th scope="col">{unit ? t('valueIn', { unit }) : t('value')}</th>
              <th scope="col">{t('source')}</th>
              <th scope="col">{t('use')}</th>
            </tr>
          </thead>
          <tbody>
            {readings.slice(0, most).map(({ at, until, value, source, part, censor }, index) => (
              <tr key={index} className={part > 0 ? undefined : styles.unused}>
                <th scope="row">{until ? `${formats.time(at)}–${formats.time(until)}` : formats.time(at)}</th>
                <td>{[censor, figure(value)].filter(Boolean).join(' ')}</td>
                <td>{source}</td>
                <td>{part === 1 ? t('counts') : part === 0 ? t('countsNot') : t('countsPart', { share: formats.percent(part) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {readings.length > most && (
        <Button variant="default" onClick={() => setMost(most + AT_ONCE)}>
          {t('more')}
        </Button>
      )}
    </details>
  );
}
