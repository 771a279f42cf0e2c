import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '@/shared/catalogue/catalogue';
import { FindingSheet } from '@/shared/finding/FindingSheet';
import { useSentence, type Finding } from '@/shared/findings';
import { useFormats } from '@/shared/format/useFormats';
import { Icon } from '@/shared/ui/Icon';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import { Screen } from '@/shared/ui/Screen';
import { Segments } from '@/shared/ui/Segments';
import { EmptyState, Loaded } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useDetect, usePages } from './api';
import { STATUSES } from './routes';
import styles from './Review.module.css';

export default function Review() {
  const { t } = useTranslation('review');
  const search = useSearch({ from: '/shell/review' });
  const navigate = useNavigate({ from: '/review' });
  const status = search.status ?? 'open';
  const pages = usePages(status);
  const open = (finding: string | undefined) => void navigate({ search: (before) => ({ ...before, finding }), resetScroll: false });
  return (
    <Screen title={t('title')} lead={t('lead')} narrow>
      <div className={styles.controls}>
        <Segments
          label={t('status')}
          value={status}
          options={STATUSES.map((value) => ({ value, label: t(value) }))}
          onChange={(value) => void navigate({ search: { status: value }, replace: true })}
        />
        <LookAgain />
      </div>
      <Loaded result={pages}>
        {({ pages: answered }) => <List findings={answered.flatMap(({ items }) => items)} status={status} onOpen={open} />}
      </Loaded>
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('older')}
        </Button>
      )}
      <FindingSheet ids={search.finding ? search.finding.split('.') : []} onClose={() => open(undefined)} />
    </Screen>
  );
}

function LookAgain() {
  const { t } = useTranslation(['review', 'common']);
  const detect = useDetect();
  return (
    <Button
      variant="default"
      leftSection={<Icon name="undo" size={18} />}
      loading={detect.isPending}
      onClick={() =>
        detect.mutate(undefined, {
          onSuccess: ({ found, new: fresh }) => toast(t('review:checked', { count: found, new: fresh })),
          onError: tellWhy,
        })
      }
    >
      {t('review:check')}
    </Button>
  );
}

interface ListProps {
  findings: Finding[];
  status: string;
  onOpen(id: string): void;
}

function List({ findings, status, onOpen }: ListProps) {
  const { t } = useTranslation('review');
  const formats = useFormats();
  if (findings.length === 0)
    return status === 'open' ? (
      <EmptyState icon="check" title={t('emptyOpen')} text={t('emptyOpenText')} />
    ) : (
      <EmptyState icon="review" title={t('empty')} text={t('emptyText')} />
    );
  const months = new Map<string, Finding[]>();
  for (const finding of findings) {
    const month = finding.date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), finding]);
  }
  return [...months].map(([month, found]) => (
    <section key={month} aria-label={formats.month(`${month}-01`)}>
      <h2 className={styles.month}>{formats.month(`${month}-01`)}</h2>
      <ul className={styles.list}>
        {found.map((finding) => (
          <li key={finding.id}>
            <Row finding={finding} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function Row({ finding, onOpen }: { finding: Finding; onOpen(id: string): void }) {
  const { t } = useTranslation('review');
  const formats = useFormats();
  const sentence = useSentence();
  const shown = useCatalogue().get(finding.metric_name);
  return (
    <button
      type="button"
      className={`${styles.finding} ${finding.is_acknowledged ? styles.isSeen : ''}`}
      data-finding={finding.id}
      onClick={() => onOpen(finding.id)}
    >
      <span className={styles.date}>
        <b>{formats.shortDay(finding.date)}</b>
        {formats.weekday(finding.date)}
      </span>
      <span>
        <span className={styles.text}>{sentence(finding, shown)}</span>
        <span className={styles.meta}>
          {finding.is_unusual && <UnusualMark direction={finding.direction} seen={finding.is_acknowledged} />}
          {finding.clinical && <ClinicalMark title={finding.clinical} />}
          <span>{t(`severity.${finding.severity}`)}</span>
        </span>
      </span>
      <span className={styles.go}>
        <Icon name="forward" size={20} />
      </span>
    </button>
  );
}
