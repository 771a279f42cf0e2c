import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { BRAND } from '@/shared/brand';
import { useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats, useToday } from '@/shared/format/useFormats';
import { NothingYet, Spans } from '@/shared/health/Spans';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { useMe } from '@/shared/session/session';
import { Icon } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { Conditions } from './Conditions';
import { Metrics } from './Metrics';
import styles from './Report.module.css';
import { SPANS } from './routes';

/** One page for a doctor: what was measured, where it should be, and no more. */
export default function Report() {
  const { t } = useTranslation('report');
  const search = useSearch({ from: '/shell/report' });
  const navigate = useNavigate({ from: '/report' });
  const days = search.days ?? 30;
  const catalogue = useCatalogue();
  const series = useSeries([...catalogue.keys()], days);
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  return (
    <Screen
      title={t('title')}
      lead={t('lead')}
      actions={
        <Button leftSection={<Icon name="report" size={18} />} onClick={() => window.print()} className={styles.screenOnly}>
          {t('print')}
        </Button>
      }
    >
      <div className={styles.screenOnly}>
        <Spans value={days} options={SPANS} onChange={(chosen) => void navigate({ search: (before) => ({ ...before, days: chosen }), replace: true, resetScroll: false })} />
      </div>
      <Loaded result={series} loading={<LoadingState count={1} />}>
        {({ first, last, series: all }) =>
          all.some(({ values }) => values.some((value) => value !== null)) ? (
            <article className={styles.sheet}>
              <Head first={first} last={last} />
              <Conditions days={days} onOpen={show} />
              <Metrics first={first} last={last} series={all} onOpen={show} />
              <p className={styles.foot}>{t('foot', { brand: BRAND })}</p>
            </article>
          ) : (
            <NothingYet icon="report" kind="body" />
          )
        }
      </Loaded>
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Head({ first, last }: { first: string; last: string }) {
  const { t } = useTranslation('report');
  const formats = useFormats();
  const today = useToday();
  const { data: me } = useMe();
  return (
    <header className={styles.head}>
      <h2>{me?.name}</h2>
      <p className="figures">{t('span', { first: formats.day(first), last: formats.day(last), year: last.slice(0, 4), today: formats.day(today) })}</p>
    </header>
  );
}
