import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { Shares } from '@/shared/health/Shares';
import { NothingYet, Steps } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useNights, type NightEntry } from './api';
import { Hypnogram } from './Hypnogram';
import styles from './Sleep.module.css';

/** One night: when, how long, and of which stages. */
export default function Night() {
  const { t } = useTranslation(['sleep', 'nav']);
  const { date } = useParams({ from: '/shell/sleep/$date' });
  const { readings } = useSearch({ from: '/shell/sleep/$date' });
  const navigate = useNavigate({ from: '/sleep/$date' });
  const formats = useFormats();
  const today = useToday();
  const nights = useNights(date, date);
  const show = (asked: string | undefined) => void navigate({ search: { readings: asked }, resetScroll: false });
  return (
    <Screen title={t('sleep:night', { day: formats.day(date) })} back={{ to: '/sleep', label: t('nav:sleep') }} narrow>
      <Steps
        label={formats.longDay(date)}
        before={{ to: '/sleep/$date', params: { date: addDays(date, -1) } }}
        after={date < today ? { to: '/sleep/$date', params: { date: addDays(date, 1) } } : undefined}
        beforeLabel={t('sleep:before')}
        afterLabel={t('sleep:after')}
      />
      <Loaded result={nights} loading={<LoadingState count={2} />}>
        {(found) =>
          found.length === 0 ? (
            <NothingYet icon="sleep" kind="sleep" title={t('sleep:noNight')} />
          ) : (
            found.map((night) => <One key={night.id} night={night} onOpen={() => show(askFor('sleep', date, date))} />)
          )
        }
      </Loaded>
      <ReadingsSheet readings={readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function One({ night, onOpen }: { night: NightEntry; onOpen(): void }) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const catalogue = useCatalogue();
  const label = (column: string) => columnOf(catalogue, 'sleep', column)?.label ?? '';
  return (
    <>
      <Stats>
        <Stat
          label={label('duration_hours')}
          value={formats.hours(night.duration_hours)}
          note={night.bedtime && night.wake_time && t('fromTo', { from: formats.time(night.bedtime), to: formats.time(night.wake_time) })}
          onOpen={onOpen}
        />
        {night.quality_score !== null && <Stat label={label('quality_score')} value={formats.number(night.quality_score)} onOpen={onOpen} />}
        {night.awakenings !== null && <Stat label={label('awakenings')} value={formats.number(night.awakenings)} onOpen={onOpen} />}
      </Stats>
      <Hypnogram night={night} />
      <Card title={t('stages')}>
        <Stages night={night} />
      </Card>
      {night.notes && <Card title={t('note')}>{night.notes}</Card>}
      <p className={health.hint}>
        <Link to="/log/$kind" params={{ kind: 'sleep' }} search={{ entry: night.id }} className={styles.link}>
          {t('change')}
        </Link>
      </p>
    </>
  );
}

/** How much of the night each stage was. In which order they came is not known. */
function Stages({ night }: { night: NightEntry }) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const catalogue = useCatalogue();
  const { deep_sleep_minutes: deep, rem_sleep_minutes: rem, duration_hours: hours } = night;
  if (deep === null && rem === null) return <p className={health.hint}>{t('noStages')}</p>;
  const rest = Math.max(0, hours * 60 - (deep ?? 0) - (rem ?? 0));
  const rows = [
    { key: 'deep', label: columnOf(catalogue, 'sleep', 'deep_sleep_minutes')?.label ?? '', minutes: deep, color: 'var(--stage-deep)' },
    { key: 'rem', label: columnOf(catalogue, 'sleep', 'rem_sleep_minutes')?.label ?? '', minutes: rem, color: 'var(--stage-rem)' },
    { key: 'rest', label: t('rest'), minutes: rest, color: 'var(--stage-rest)' },
  ];
  return (
    <>
      <Shares
        label={t('stages')}
        shares={rows.flatMap(({ key, label, minutes, color }) =>
          minutes === null ? [] : [{ key, label, color, share: minutes / (hours * 60), text: `${formats.hours(minutes / 60)} · ${formats.percent(minutes / (hours * 60))}` }],
        )}
      />
      <p className={health.hint}>{t('stagesNote')}</p>
    </>
  );
}
