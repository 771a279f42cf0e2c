import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { DayTable } from '@/shared/health/DayTable';
import health from '@/shared/health/health.module.css';
import { NothingYet, Spans } from '@/shared/health/Spans';
import { Stat, Stats } from '@/shared/health/Stats';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { ClinicalMark } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useTrends, type Trends } from './api';
import { Bars } from './Bars';
import styles from './Pressure.module.css';
import { SPANS } from './routes';

const UPPER = 'blood_pressure_systolic';
const LOWER = 'blood_pressure_diastolic';

type Open = (from: string, to: string) => void;

/** Blood pressure at home: its average, what two guidelines call it, and every day. */
export default function Pressure() {
  const { t } = useTranslation('pressure');
  const search = useSearch({ from: '/shell/bp' });
  const navigate = useNavigate({ from: '/bp' });
  const days = search.days ?? 30;
  const trends = useTrends(days);
  const shown = columnOf(useCatalogue(), 'vitals', UPPER);
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  const open: Open = (from, to) => show(askFor('vitals', from, to, UPPER, LOWER));
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className={health.controls}>
        <Spans value={days} options={SPANS} onChange={(chosen) => void navigate({ search: (before) => ({ ...before, days: chosen }), replace: true, resetScroll: false })} />
      </div>
      <Loaded result={trends} loading={<LoadingState count={3} />}>
        {(answer) =>
          answer.daily.length === 0 || shown === undefined ? (
            <NothingYet icon="heart" kind="vitals" />
          ) : (
            <Figures trends={answer} shown={shown} open={open} />
          )
        }
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function pair(shown: Shown, systolic: number, diastolic: number): string {
  return `${shown.figure(systolic)}/${shown.figure(diastolic)}`;
}

function Figures({ trends, shown, open }: { trends: Trends; shown: Shown; open: Open }) {
  const { t } = useTranslation(['pressure', 'health']);
  return (
    <>
      {trends.status === 'learning' && <p className={health.hint}>{t('health:learning')}</p>}
      <Summary trends={trends} shown={shown} onOpen={() => open(trends.from, trends.to)} />
      <div className={health.columns}>
        <Card title={t('pressure:daily')}>
          <Bars trends={trends} shown={shown} />
          <p className={health.hint}>{t('pressure:barsNote', { limit: pair(shown, trends.high.systolic_limit, trends.high.diastolic_limit) })}</p>
          <DayTable
            title={t('health:allDays')}
            columns={[t('pressure:upperLower'), t('health:number')]}
            rows={[...trends.daily].reverse().map(({ date, systolic, diastolic, readings }) => ({ date, cells: [pair(shown, systolic, diastolic), String(readings)] }))}
            onOpen={(date) => open(date, date)}
          />
        </Card>
        <Card title={t('pressure:category')}>
          <Categories trends={trends} />
        </Card>
      </div>
    </>
  );
}

function Summary({ trends, shown, onOpen }: { trends: Trends; shown: Shown; onOpen(): void }) {
  const { t } = useTranslation(['pressure', 'health', 'log']);
  const formats = useFormats();
  const { home_average: home, high, by_time_of_day: parts } = trends;
  const isHigh = (home.systolic ?? 0) >= high.systolic_limit || (home.diastolic ?? 0) >= high.diastolic_limit;
  return (
    <Stats>
      <Stat
        label={t('pressure:homeAverage')}
        value={home.systolic !== null && home.diastolic !== null ? pair(shown, home.systolic, home.diastolic) : null}
        unit={shown.unit}
        mark={isHigh && <ClinicalMark />}
        note={`${t('health:readings', { count: home.averaged_readings })}${home.first_day_left_out ? `; ${t('pressure:firstDay')}` : ''}`}
        onOpen={onOpen}
      />
      <Stat
        label={t('pressure:highShare')}
        value={high.pct === null ? null : formats.percent(high.pct / 100)}
        note={`${t('health:readings', { count: high.readings })} ${t('pressure:atOrOver', { limit: pair(shown, high.systolic_limit, high.diastolic_limit) })}`}
        onOpen={onOpen}
      />
      {parts.map(({ time_of_day: part, systolic, diastolic, readings }) => (
        <Stat key={part} label={t(`log:options.${part}`)} value={pair(shown, systolic, diastolic)} unit={shown.unit} note={t('health:readings', { count: readings })} onOpen={onOpen} />
      ))}
    </Stats>
  );
}

function Categories({ trends }: { trends: Trends }) {
  const { t } = useTranslation('pressure');
  const { acc_aha_2017: american, esc_2024: european } = trends.categories;
  return (
    <>
      <dl className={styles.guides}>
        <div className={styles.guide}>
          <dt>{t('guides.american')}</dt>
          <dd>{american === null ? '–' : t(`american.${american}`)}</dd>
        </div>
        <div className={styles.guide}>
          <dt>{t('guides.european')}</dt>
          <dd>{european === null ? '–' : t(`european.${european}`)}</dd>
        </div>
      </dl>
      <p className={health.hint}>{t(american === null && european === null ? 'categoryWait' : 'categoryNote')}</p>
    </>
  );
}
