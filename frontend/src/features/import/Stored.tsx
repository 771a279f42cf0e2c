import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useTakeBack, type Import } from './api';
import styles from './Import.module.css';

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

/** What came of a file, and taking it back. */
export function Stored({ one, onClose }: { one: Import; onClose(): void }) {
  const { t } = useTranslation(['bring', 'common']);
  const back = useTakeBack();
  const { result, batch_id: batch } = one;
  if (!result) return null;
  const entries = sum(result.entries);
  const derived = sum(result.derived);
  function takeBack(id: string) {
    back.mutate(id, {
      onSuccess: () => {
        toast(t('bring:takenBack'));
        onClose();
      },
      onError: tellWhy,
    });
  }
  return (
    <Card title={one.name}>
      <div className={styles.stack}>
        <strong className={styles.outcome}>{t('bring:storedReadings', { count: result.readings })}</strong>
        <ul className={styles.facts}>
          {entries > 0 && <li>{t('bring:done', { count: entries })}</li>}
          {derived > 0 && <li>{t('bring:derived', { count: derived })}</li>}
          {result.already_there > 0 && <li>{t('bring:alreadyThere', { count: result.already_there })}</li>}
          {result.held > 0 && <li>{t('bring:heldWaiting', { count: result.held })}</li>}
          {(result.left_out ?? 0) > 0 && <li>{t('bring:leftOut', { count: result.left_out })}</li>}
          <li>{t('bring:found', { count: result.found })}</li>
        </ul>
        <div className={styles.pair}>
          <Button component={Link} size="md" {...{ to: '/trends' }}>
            {t('bring:seeTrends')}
          </Button>
          {result.found > 0 && (
            <Button component={Link} size="md" {...{ to: '/review' }} variant="default">
              {t('bring:seeFindings')}
            </Button>
          )}
          {batch && (
            <Button variant="default" size="md" loading={back.isPending} onClick={() => takeBack(batch)}>
              {t('bring:takeBack')}
            </Button>
          )}
          <Button variant="subtle" size="md" onClick={onClose}>
            {t('bring:another')}
          </Button>
        </div>
      </div>
    </Card>
  );
}
