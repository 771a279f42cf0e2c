import { ActionIcon, Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats, useToday } from '@/shared/format/useFormats';
import { addDays } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import { EmptyState, Loaded } from '@/shared/ui/states';
import { useDay, type Daily } from './api';
import { Findings } from './Findings';
import { headlineOf } from './headline';
import { Tiles } from './Tiles';
import styles from './Today.module.css';

export default function Today() {
  const { date } = useSearch({ from: '/shell/' });
  const day = useDay(date);
  return <Loaded result={day}>{(daily) => <Day daily={daily} />}</Loaded>;
}

function Day({ daily }: { daily: Daily }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const headline = useHeadline(daily);
  const isEmpty = daily.metrics.every((metric) => metric.latest === null);
  if (isEmpty)
    return (
      <Screen title={t('nothing')} over={formats.longDay(daily.date)}>
        <EmptyState icon="today" title={t('emptyTitle')} text={t('emptyText')}>
          <Button component={Link} {...{ to: '/welcome' }}>
            {t('start')}
          </Button>
        </EmptyState>
      </Screen>
    );
  return (
    <Screen title={headline} over={formats.longDay(daily.date)} actions={<DayNav date={daily.date} />}>
      <Findings open={daily.open_anomalies} />
      <Tiles daily={daily} />
    </Screen>
  );
}

/** The one calm sentence. */
function useHeadline(daily: Daily): string {
  const { t } = useTranslation('today');
  return t(headlineOf(daily), { count: daily.open_anomalies.total });
}

function DayNav({ date }: { date: string }) {
  const { t } = useTranslation('today');
  const navigate = useNavigate();
  const today = useToday();
  const go = (to: string) => void navigate({ to: '/', search: { date: to >= today ? undefined : to } });
  return (
    <div className={styles.nav}>
      <ActionIcon variant="default" size={44} aria-label={t('previous')} onClick={() => go(addDays(date, -1))}>
        <Icon name="back" size={20} />
      </ActionIcon>
      <ActionIcon variant="default" size={44} aria-label={t('next')} disabled={date >= today} onClick={() => go(addDays(date, 1))}>
        <Icon name="forward" size={20} />
      </ActionIcon>
    </div>
  );
}
