import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { DayTable } from '@/shared/health/DayTable';
import health from '@/shared/health/health.module.css';
import { Shares } from '@/shared/health/Shares';
import { NothingYet, Spans } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { useEntriesOf } from '@/shared/readings/api';
import { hourIn } from '@/shared/readings/day';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { useMe } from '@/shared/session/session';
import { Card } from '@/shared/ui/Card';
import { ClinicalMark } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useTrends, type Trends } from './api';
import styles from './Glucose.module.css';
import { limitsOf, partsOf, type Level } from './limits';
import { OneDay } from './OneDay';
import { Profile } from './Profile';
import { profileOf, type Timed } from './profile';
import { SPANS } from './routes';

const COLUMN = 'blood_glucose_mgdl';
const COLORS: Record<Level, string> = {
  veryHigh: 'var(--tir-very-high)',
  high: 'var(--tir-high)',
  inRange: 'var(--tir-in-range)',
  low: 'var(--tir-low)',
  veryLow: 'var(--tir-very-low)',
};

type Open = (from: string, to: string) => void;

/** Glucose by the time of day, in range, and in the figures of the consensus. */
export default function Glucose() {
  const { t } = useTranslation('glucose');
  const search = useSearch({ from: '/shell/glucose' });
  const navigate = useNavigate({ from: '/glucose' });
  const days = search.days ?? 14;
  const trends = useTrends(days);
  const shown = columnOf(useCatalogue(), 'chronic', COLUMN);
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  const open: Open = (from, to) => show(askFor('chronic', from, to, COLUMN));
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className={health.controls}>
        <Spans value={days} options={SPANS} onChange={(chosen) => void navigate({ search: (before) => ({ ...before, days: chosen }), replace: true, resetScroll: false })} />
      </div>
      <Loaded result={trends} loading={<LoadingState count={3} />}>
        {(answer) =>
          answer.glucose.readings === 0 || shown === undefined ? (
            <NothingYet icon="glucose" kind="glucose" />
          ) : (
            <Figures trends={answer} shown={shown} open={open} />
          )
        }
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Figures({ trends, shown, open }: { trends: Trends; shown: Shown; open: Open }) {
  const { t } = useTranslation(['glucose', 'health']);
  const all = () => open(trends.from, trends.to);
  const { glucose, daily } = trends;
  return (
    <>
      {trends.status === 'learning' && <p className={health.hint}>{t('health:learning')}</p>}
      <Summary trends={trends} shown={shown} onOpen={all} />
      <div className={health.columns}>
        <Card title={t('glucose:profile')}>
          <DayProfile trends={trends} shown={shown} />
          <DayTable
            title={t('health:allDays')}
            columns={[t('health:number'), t('health:lowest'), t('health:mean'), t('health:highest')]}
            rows={[...daily].reverse().map(({ date, readings, min, mean, max }) => ({
              date,
              cells: [String(readings), shown.figure(min), shown.figure(mean), shown.figure(max)],
            }))}
            onOpen={(date) => open(date, date)}
          />
        </Card>
        <Card title={t('glucose:inRange')} aside={<span className={styles.count}>{t('health:readings', { count: glucose.readings })}</span>}>
          <Ranges trends={trends} shown={shown} />
        </Card>
      </div>
      <OneDay trends={trends} shown={shown} open={(day) => open(day, day)} />
    </>
  );
}

function Summary({ trends, shown, onOpen }: { trends: Trends; shown: Shown; onOpen(): void }) {
  const { t } = useTranslation(['glucose', 'health']);
  const formats = useFormats();
  const catalogue = useCatalogue();
  const { glucose, gmi, ranges } = trends;
  const percent = (value: number, decimals = 0) => formats.number(value, decimals);
  const variation = [...catalogue.values()].find(({ metric }) => metric.family === shown.metric.family && metric.source.kind === 'formula' && metric.unit === '%');
  const steady = variation?.metric.clinical;
  const isUnsteady = steady && glucose.cv_pct !== null && glucose.cv_pct > steady.high;
  return (
    <Stats>
      <Stat
        label={t('glucose:mean')}
        value={glucose.mean === null ? null : shown.figure(glucose.mean)}
        unit={shown.unit}
        note={`${t('health:readings', { count: glucose.readings })} ${t('health:ofDays', { count: glucose.days })}`}
        onOpen={onOpen}
      />
      <Stat label={t('glucose:inTarget')} value={ranges.in_range_pct === null ? null : percent(ranges.in_range_pct)} unit="%" onOpen={onOpen} />
      <Stat label={t('glucose:gmi')} value={gmi.value === null ? null : percent(gmi.value, 1)} unit="%" note={t(gmi.value === null ? 'glucose:gmiWait' : 'glucose:gmiNote')} onOpen={onOpen} />
      <Stat
        label={t('glucose:cv')}
        value={glucose.cv_pct === null ? null : percent(glucose.cv_pct, 1)}
        unit="%"
        mark={isUnsteady && <ClinicalMark title={variation?.metric.guideline} />}
        note={steady && t('glucose:cvNote', { high: percent(steady.high) })}
        onOpen={onOpen}
      />
    </Stats>
  );
}

function Ranges({ trends, shown }: { trends: Trends; shown: Shown }) {
  const { t } = useTranslation('glucose');
  const formats = useFormats();
  const parts = partsOf(trends.ranges) ?? [];
  const words = (low?: number, high?: number) => {
    if (low !== undefined && high !== undefined) return shown.range(low, high);
    return low === undefined ? t('below', { limit: shown.figure(high ?? 0) }) : t('above', { limit: shown.figure(low) });
  };
  return (
    <>
      <Shares
        label={t('inRange')}
        shares={parts.map(({ level, low, high, pct }) => ({
          key: level,
          label: `${t(`levels.${level}`)}, ${words(low, high)} ${shown.unit}`,
          share: pct / 100,
          text: formats.percent(pct / 100),
          color: COLORS[level],
        }))}
      />
      <p className={health.hint}>{t('rangesNote')}</p>
    </>
  );
}

function DayProfile({ trends, shown }: { trends: Trends; shown: Shown }) {
  const { t } = useTranslation('glucose');
  const { data: me } = useMe();
  const entries = useEntriesOf('chronic', trends.from, trends.to);
  const { below, above } = limitsOf(trends.ranges);
  return (
    <Loaded result={entries} loading={<LoadingState count={1} />}>
      {(found) => {
        const hour = hourIn(me?.timezone ?? 'UTC');
        const readings = found.flatMap((entry): Timed[] =>
          typeof entry.occurred_at === 'string' && typeof entry[COLUMN] === 'number' ? [{ hour: hour(entry.occurred_at), value: entry[COLUMN] }] : [],
        );
        const profile = profileOf(readings);
        const isEnough = profile.some(({ percentiles }) => percentiles !== null);
        return (
          <>
            {isEnough && <Profile profile={profile} readings={readings} shown={shown} low={below.at(-1) ?? 0} high={above[0] ?? 0} />}
            <p className={health.hint}>{t(isEnough ? 'profileNote' : 'profileWait')}</p>
            {isEnough && <ProfileTable profile={profile} shown={shown} />}
          </>
        );
      }}
    </Loaded>
  );
}

/** What the profile shows, in numbers. */
function ProfileTable({ profile, shown }: { profile: ReturnType<typeof profileOf>; shown: Shown }) {
  const { t } = useTranslation(['glucose', 'health']);
  const formats = useFormats();
  return (
    <details className={health.days}>
      <summary>{t('glucose:byTime')}</summary>
      <div className={health.scroll} role="region" aria-label={t('glucose:byTime')} tabIndex={0}>
        <table className={`${health.table} figures`}>
          <thead>
            <tr>
              <th scope="col">{t('glucose:time')}</th>
              <th scope="col">{t('health:number')}</th>
              <th scope="col">{t('glucose:middle')}</th>
              <th scope="col">{t('glucose:half')}</th>
            </tr>
          </thead>
          <tbody>
            {profile.map(({ from, to, count, percentiles }) => (
              <tr key={from}>
                <th scope="row">{`${formats.hours(from)}–${formats.hours(to)}`}</th>
                <td>{count}</td>
                <td>{percentiles ? shown.figure(percentiles[2]) : '–'}</td>
                <td>{percentiles ? shown.range(percentiles[1], percentiles[3]) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
