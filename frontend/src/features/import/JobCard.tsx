import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Said } from '@/shared/i18n/Said';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useJob, type Job } from './api';
import { Bar } from './Bar';
import styles from './Import.module.css';
import { resultOf, type Result } from './result';

/** One import: how far it is, or what came of it. Leaving the screen changes nothing for it. */
export function JobCard({ id }: { id: string }) {
  const { t } = useTranslation('bring');
  const job = useJob(id);
  return (
    <Card title={t('thisOne')}>
      <div aria-live="polite" className={styles.stack}>
        <Loaded result={job} loading={<LoadingState count={1} />}>
          {(found) => <Told job={found} />}
        </Loaded>
      </div>
    </Card>
  );
}

function Told({ job }: { job: Job }) {
  const { t } = useTranslation('bring');
  if (job.status === 'failed')
    return (
      <>
        <strong>{t('failed')}</strong>
        <p className={styles.refusal}>{job.problem && <Said sentence={job.problem} />}</p>
        <p className={styles.soft}>{t('failedText')}</p>
      </>
    );
  if (job.status !== 'done') return <Bar label={t(job.status === 'queued' ? 'waiting' : 'reading')} />;
  return <Done result={resultOf(job.result)} />;
}

function Done({ result }: { result: Result }) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  return (
    <>
      <strong>{t('done', { count: result.stored })}</strong>
      <ul className={styles.facts}>
        {result.days > 0 && <li>{t('days', { count: result.days })}</li>}
        {result.alreadyThere > 0 && <li>{t('alreadyThere', { count: result.alreadyThere })}</li>}
        {result.found !== undefined && <li>{t('found', { count: result.found })}</li>}
        {result.ignored.length > 0 && <li>{t('ignored', { columns: result.ignored.join(', ') })}</li>}
      </ul>
      {result.rejectedRows > 0 && (
        <details className={styles.rejected}>
          <summary>{t('rejected', { count: result.rejectedRows })}</summary>
          <ul>
            {result.rejected.map(({ line, column, reason }) => (
              <li key={`${line} ${column}`}>
                <b className="figures">{formats.number(line)}</b> {column && `${column}: `}
                <Said sentence={reason} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className={styles.pair}>
        <Button component={Link} {...{ to: '/trends' }}>
          {t('seeTrends')}
        </Button>
        {Boolean(result.found) && (
          <Button component={Link} {...{ to: '/review' }} variant="default">
            {t('seeFindings')}
          </Button>
        )}
      </div>
    </>
  );
}
