import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Shown } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { Steps } from '@/shared/health/Spans';
import { Opener } from '@/shared/health/Stats';
import { useEntriesOf } from '@/shared/readings/api';
import { hourIn } from '@/shared/readings/day';
import { DayLine } from '@/shared/readings/DayLine';
import { DayReadings } from '@/shared/readings/DayReadings';
import { useReadingDay } from '@/shared/readings/kinds';
import { useMe } from '@/shared/session/session';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import type { Trends } from './api';
import { limitsOf } from './limits';

interface Props {
  trends: Trends;
  shown: Shown;
  open(day: string): void;
}

/** One day from midnight to midnight: a sensor's line, or what was logged. */
export function OneDay({ trends, shown, open }: Props) {
  const { t } = useTranslation('glucose');
  const formats = useFormats();
  const today = useToday();
  const search = useSearch({ from: '/shell/glucose' });
  const day = search.day ?? trends.daily.at(-1)?.date ?? today;
  const readings = useReadingDay('glucose', day);
  const { below, above } = limitsOf(trends.ranges);
  const band = { low: below.at(-1) ?? 0, high: above[0] ?? 0 };
  const to = (date: string) => ({ to: '/glucose' as const, search: { ...search, day: date } });
  return (
    <Card title={t('day')}>
      <Steps label={formats.longDay(day)} before={to(addDays(day, -1))} after={day < today ? to(addDays(day, 1)) : undefined} beforeLabel={t('before')} afterLabel={t('after')} />
      <Loaded result={readings} loading={<LoadingState count={1} />}>
        {(found) => (found.readings.length > 0 ? <DayReadings day={found} band={band} /> : <Logged day={day} shown={shown} band={band} open={() => open(day)} />)}
      </Loaded>
    </Card>
  );
}

const COLUMN = 'blood_glucose_mgdl';

function Logged({ day, shown, band, open }: { day: string; shown: Shown; band: { low: number; high: number }; open(): void }) {
  const { t } = useTranslation(['glucose', 'health']);
  const { data: me } = useMe();
  const entries = useEntriesOf('chronic', day, day);
  const hour = hourIn(me?.timezone ?? 'UTC');
  return (
    <Loaded result={entries} loading={<LoadingState count={1} />}>
      {(found) => {
        const points = found.flatMap((entry) =>
          typeof entry.occurred_at === 'string' && typeof entry[COLUMN] === 'number' ? [{ hour: hour(entry.occurred_at), value: entry[COLUMN], counts: true, part: 1 }] : [],
        );
        if (points.length === 0) return <p className={health.hint}>{t('glucose:noDay')}</p>;
        return (
          <>
            <DayLine label={shown.label} points={points} isSum={false} figure={shown.figure} band={band} />
            <p className={health.hint}>
              <Opener onOpen={open}>{t('health:readings', { count: points.length })}</Opener>. {t('glucose:dayEntries')}
            </p>
          </>
        );
      }}
    </Loaded>
  );
}
