import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import health from '@/shared/health/health.module.css';
import { NothingYet } from '@/shared/health/Spans';
import { askFor } from '@/shared/readings/readings';
import { ReadingsSheet } from '@/shared/readings/ReadingsSheet';
import { Card } from '@/shared/ui/Card';
import { Screen } from '@/shared/ui/Screen';
import { Segments } from '@/shared/ui/Segments';
import { ErrorState, LoadingState } from '@/shared/ui/states';
import { useTrends, type Diabetes, type Heart } from './api';
import { Laboratory, type Test } from './Laboratory';
import { Notes, notesOf } from './Notes';
import { YEARS } from './routes';
import styles from './Chronic.module.css';

const A_YEAR = 365;

/** Results of the laboratory over the years, medication and symptoms. */
export default function Chronic() {
  const { t } = useTranslation('chronic');
  const search = useSearch({ from: '/shell/chronic' });
  const navigate = useNavigate({ from: '/chronic' });
  const years = search.years ?? 1;
  const show = (readings: string | undefined) => void navigate({ search: (before) => ({ ...before, readings }), resetScroll: false });
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className={health.controls}>
        <Segments
          label={t('span')}
          value={String(years)}
          options={YEARS.map((count) => ({ value: String(count), label: t('years', { count }) }))}
          onChange={(chosen) => void navigate({ search: (before) => ({ ...before, years: YEARS.find((count) => String(count) === chosen) }), replace: true, resetScroll: false })}
        />
      </div>
      <Conditions days={years * A_YEAR} show={show} />
      <ReadingsSheet readings={search.readings} onClose={() => show(undefined)} />
    </Screen>
  );
}

function Conditions({ days, show }: { days: number; show(readings: string): void }) {
  const { t } = useTranslation('chronic');
  const heart = useTrends('heart', days);
  const diabetes = useTrends('diabetes', days);
  const pressure = useTrends('hypertension', days);
  const other = useTrends('other', days);
  const tests = useTests(heart.data as Heart | undefined, diabetes.data as Diabetes | undefined);
  const all = [heart, diabetes, pressure, other];
  const failed = all.find(({ data, error }) => data === undefined && error);
  if (failed) return <ErrorState error={failed.error} retry={() => all.forEach((one) => void one.refetch())} />;
  const [any] = all.map(({ data }) => data);
  if (!any || all.some(({ data }) => data === undefined)) return <LoadingState count={4} />;
  const notes = notesOf(all.flatMap(({ data }) => (data ? [data.mentions] : [])));
  if (tests.length === 0 && notes.length === 0) return <NothingYet icon="chronic" kind="chronic" />;
  return (
    <>
      {tests.length > 0 && (
        <div className={styles.tests}>
          {tests.map((test) => (
            <Laboratory key={test.shown.metric.key} test={test} onOpen={() => show(askFor('chronic', any.from, any.to, test.column))} />
          ))}
        </div>
      )}
      <Card title={t('notes')}>
        <Notes notes={notes} onOpen={(date) => show(askFor('chronic', date, date, 'medication_taken', 'symptoms'))} />
      </Card>
    </>
  );
}

/** What there are results of: HbA1c first, then the lipids. */
function useTests(heart: Heart | undefined, diabetes: Diabetes | undefined): Test[] {
  const catalogue = useCatalogue();
  const sugar = columnOf(catalogue, 'chronic', 'hba1c_pct');
  const lipids = heart?.lipids.flatMap(({ key, results }): Test[] => {
    const shown = catalogue.get(key);
    return shown ? [testOf(shown, results)] : [];
  });
  const all = [...(sugar && diabetes ? [testOf(sugar, diabetes.hba1c)] : []), ...(lipids ?? [])];
  return all.filter(({ results }) => results.length > 0);
}

function testOf(shown: Test['shown'], results: Test['results']): Test {
  const { source } = shown.metric;
  return { shown, results, column: source.kind === 'column' ? source.column : '' };
}
