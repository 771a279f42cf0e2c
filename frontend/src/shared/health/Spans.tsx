import { useTranslation } from 'react-i18next';
import { Segments } from '@/shared/ui/Segments';
import type { LinkProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { Button } from '@mantine/core';
import { EmptyState } from '@/shared/ui/states';
import { Icon, type IconName } from '@/shared/ui/Icon';
import styles from './health.module.css';

/** How many days a screen looks back. */
export function Spans<Days extends number>({ value, options, onChange }: { value: Days; options: readonly Days[]; onChange(days: Days): void }) {
  const { t } = useTranslation('health');
  const [first] = options;
  return (
    <Segments
      label={t('span')}
      value={String(value)}
      options={options.map((days) => ({ value: String(days), label: days === 365 ? t('year') : t('days', { days }) }))}
      onChange={(chosen) => onChange(options.find((days) => String(days) === chosen) ?? (first as Days))}
    />
  );
}

/** Nothing to show yet, and the way to change that. */
export function NothingYet({ icon, kind, title }: { icon: IconName; kind: string; title?: string }) {
  const { t } = useTranslation('health');
  return (
    <EmptyState icon={icon} title={title ?? t('empty')} text={t('emptyText')}>
      <Button renderRoot={(props) => <Link to="/log/$kind" params={{ kind }} {...props} />}>{t('log')}</Button>
    </EmptyState>
  );
}

interface StepProps {
  label: string;
  before: Pick<LinkProps, 'to' | 'params' | 'search'>;
  after?: Pick<LinkProps, 'to' | 'params' | 'search'>;
  beforeLabel: string;
  afterLabel: string;
}

/** One step back or on in time, with where it stands between them. */
export function Steps({ label, before, after, beforeLabel, afterLabel }: StepProps) {
  return (
    <nav className={styles.steps} aria-label={label}>
      <Link {...(before as LinkProps)} className={styles.step} aria-label={beforeLabel}>
        <Icon name="back" size={20} />
      </Link>
      <span>{label}</span>
      {after ? (
        <Link {...(after as LinkProps)} className={styles.step} aria-label={afterLabel}>
          <Icon name="forward" size={20} />
        </Link>
      ) : (
        <span className={styles.step} aria-hidden />
      )}
    </nav>
  );
}
