import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { addDays } from '@/shared/format/format';
import { useFormats, useToday } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { Steps } from '@/shared/health/Spans';
import { DayReadings } from '@/shared/readings/DayReadings';
import { useKind, useReadingDay, useSources, type Sources } from '@/shared/readings/kinds';
import { Card } from '@/shared/ui/Card';
import { Screen } from '@/shared/ui/Screen';
import { EmptyState, Loaded, LoadingState } from '@/shared/ui/states';

/** What was measured on a day, by which source, and what of it counts. */
export default function Day() {
  const { t } = useTranslation('day');
  const { kind } = useParams({ from: '/shell/readings/$kind' });
  const sources = useSources();
  const name = useKind();
  const unit = sources.data?.kinds.find((one) => one.kind === kind)?.unit ?? '';
  return (
    <Screen title={name(kind, unit).label} lead={t('lead')}>
      <Loaded result={sources} loading={<LoadingState count={2} />}>
        {({ kinds }) => (kinds.some((one) => one.kind === kind) ? <OfKind kind={kind} kinds={kinds} /> : <EmptyState icon="trends" title={t('none')} text={t('noneText')} />)}
      </Loaded>
    </Screen>
  );
}

function OfKind({ kind, kinds }: { kind: string; kinds: Sources['kinds'] }) {
  const { t } = useTranslation('day');
  const search = useSearch({ from: '/shell/readings/$kind' });
  const navigate = useNavigate();
  const formats = useFormats();
  const name = useKind();
  const today = useToday();
  const day = search.day ?? today;
  const readings = useReadingDay(kind, day);
  const to = (date: string) => ({ to: '/readings/$kind' as const, params: { kind }, search: { day: date } });
  return (
    <>
      <div className={health.controls}>
        <NativeSelect
          aria-label={t('kind')}
          value={kind}
          data={kinds.map((one) => ({ value: one.kind, label: name(one.kind, one.unit).label }))}
          onChange={(event) => void navigate({ to: '/readings/$kind', params: { kind: event.currentTarget.value }, search: { day: search.day }, replace: true })}
        />
        <Steps label={formats.longDay(day)} before={to(addDays(day, -1))} after={day < today ? to(addDays(day, 1)) : undefined} beforeLabel={t('before')} afterLabel={t('after')} />
      </div>
      <Loaded result={readings} loading={<LoadingState count={1} />}>
        {(found) => (found.readings.length === 0 ? <EmptyState icon="trends" title={t('noDay')} /> : <Card><DayReadings day={found} /></Card>)}
      </Loaded>
    </>
  );
}
