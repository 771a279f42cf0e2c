import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { Said } from '@/shared/i18n/Said';
import { useCancel, type Import } from './api';
import { Bar } from './Bar';
import { useImport } from './follow';
import styles from './Import.module.css';
import { PreviewOf } from './PreviewOf';
import { Receiving } from './Receiving';
import { Stored } from './Stored';

interface Props {
  id: string;
  onClose(): void;
}

/** One file on its way: sent, read, looked at, stored. Leaving the screen changes nothing for it. */
export function ImportCard({ id, onClose }: Props) {
  const one = useImport(id);
  return (
    <Loaded result={one} loading={<LoadingState count={1} />}>
      {(found) => <Told one={found} onClose={onClose} />}
    </Loaded>
  );
}

function Told({ one, onClose }: { one: Import; onClose(): void }) {
  const { t } = useTranslation('bring');
  const place = useFocusKept(one.status);
  return (
    <div ref={place} tabIndex={-1} className={`${styles.stack} ${styles.place}`}>
      <p role="status" className="hidden-visually">
        {t(`status.${one.status}`, { name: one.name })}
      </p>
      <Stage one={one} onClose={onClose} />
    </div>
  );
}

function Stage({ one, onClose }: { one: Import; onClose(): void }) {
  const { t } = useTranslation('bring');
  const cancel = useCancelled(one.id, onClose);
  switch (one.status) {
    case 'receiving':
      return <Receiving one={one} cancel={cancel} />;
    case 'ready':
      return one.preview && <PreviewOf one={one} preview={one.preview} cancel={cancel} />;
    case 'committed':
      return <Stored one={one} onClose={onClose} />;
    case 'failed':
      return <Failed one={one} onClose={onClose} />;
    case 'cancelled':
      return (
        <Card title={one.name}>
          <p className={styles.soft}>{t('status.cancelled', { name: one.name })}</p>
        </Card>
      );
    default:
      return (
        <Card title={one.name}>
          <div className={styles.stack}>
            <Bar label={t(one.status === 'reading' ? 'looking' : 'storing')} share={one.progress > 0 ? one.progress : undefined} />
            <p className={styles.soft}>{t('goesOn')}</p>
            {one.status === 'reading' && <div className={styles.pair}>{cancel}</div>}
          </div>
        </Card>
      );
  }
}

function Failed({ one, onClose }: { one: Import; onClose(): void }) {
  const { t } = useTranslation('bring');
  return (
    <Card title={one.name}>
      <div className={styles.stack}>
        <strong>{t('failed')}</strong>
        <p className={styles.refusal}>{one.problem && <Said sentence={one.problem} />}</p>
        <div className={styles.pair}>
          <Button variant="default" onClick={onClose}>
            {t('another')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** The button that forgets the file. */
function useCancelled(id: string, onClose: () => void) {
  const { t } = useTranslation(['bring', 'common']);
  const cancel = useCancel(id);
  const forget = () =>
    cancel.mutate(undefined, {
      onSuccess: () => {
        toast(t('bring:forgotten'));
        onClose();
      },
      onError: tellWhy,
    });
  return (
    <Button variant="default" size="md" loading={cancel.isPending} onClick={forget}>
      {t('common:cancel')}
    </Button>
  );
}

/** Whoever pressed a button that is gone now stays where it was. */
function useFocusKept(status: string) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(status);
  useEffect(() => {
    if (before.current !== status && document.activeElement === document.body) place.current?.focus();
    before.current = status;
  }, [status]);
  return place;
}
