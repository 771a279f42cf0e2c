/** What a screen shows when it has nothing, or not yet, or cannot. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isNoAnswer, problemOf } from '@/shared/api/client';
import { Icon, type IconName } from './Icon';
import styles from './states.module.css';

interface EmptyProps {
  icon: IconName;
  title: string;
  text?: string;
  children?: ReactNode;
  /** 1 where it is the whole page. */
  level?: 1 | 2;
}

export function EmptyState({ icon, title, text, children, level = 2 }: EmptyProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles.state}>
      <span className={styles.badge}>
        <Icon name={icon} size={26} />
      </span>
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  const offline = !navigator.onLine || error == null || isNoAnswer(error);
  return (
    <div className={`${styles.state} ${offline ? '' : styles.bad}`} role="alert">
      <span className={styles.badge}>
        <Icon name={offline ? 'offline' : 'info'} size={26} />
      </span>
      <h2>{offline ? t('error.offlineTitle') : t('error.title')}</h2>
      <p>{t(offline ? 'error.offlineText' : problem ? 'error.text' : 'error.page')}</p>
      {problem && <p className="figures">{t('error.id', { id: problem.request_id.slice(-8) })}</p>}
      {retry && (
        <Button variant="light" onClick={retry}>
          {t('error.retry')}
        </Button>
      )}
    </div>
  );
}

export function LoadingState({ count = 6 }: { count?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.loading} role="status" aria-label={t('loading')}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={styles.bone} />
      ))}
    </div>
  );
}

/** How far VitalIQ is with learning what is usual. */
export function LearningState({ days, needed }: { days: number; needed: number }) {
  const { t } = useTranslation();
  const share = Math.min(1, days / Math.max(1, needed));
  return (
    <div className={styles.learning}>
      <span>{t('learning', { days, needed })}</span>
      <span className={styles.track} aria-hidden>
        <span style={{ inlineSize: `${share * 100}%` }} />
      </span>
    </div>
  );
}

interface Result<Data> {
  data: Data | undefined;
  error: unknown;
  /** `paused`: waits for the network. */
  fetchStatus?: string;
  refetch(): unknown;
}

/** The answer when it is there, even an old one; else what stands in for it. */
export function Loaded<Data>({
  result,
  loading = <LoadingState />,
  children,
}: {
  result: Result<Data>;
  loading?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  if (result.data !== undefined) return children(result.data);
  if (result.error || result.fetchStatus === 'paused') return <ErrorState error={result.error} retry={() => void result.refetch()} />;
  return loading;
}
