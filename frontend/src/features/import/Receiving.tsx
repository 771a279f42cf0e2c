import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { useKept, type Import } from './api';
import { Bar } from './Bar';
import { DropZone } from './DropZone';
import styles from './Import.module.css';
import { Refused } from './Refused';
import { upload, useUpload } from './uploads';

/** A file that is being sent; where that broke off, the same file is asked for once more. */
export function Receiving({ one, cancel }: { one: Import; cancel: ReactNode }) {
  const { t } = useTranslation('bring');
  const running = useUpload(one.id);
  const isRunning = running !== undefined && running.error === undefined;
  return (
    <Card title={one.name}>
      <div className={styles.stack}>
        {isRunning ? (
          <>
            <Bar label={t(running.isWaiting ? 'noConnection' : 'sending')} share={running.share} />
            <p className={styles.soft}>{t('sendingText')}</p>
          </>
        ) : (
          <GoOn one={one} />
        )}
        <Refused error={running?.error} />
        <div className={styles.pair}>{cancel}</div>
      </div>
    </Card>
  );
}

function GoOn({ one }: { one: Import }) {
  const { t } = useTranslation('bring');
  const keep = useKept();
  const [isOther, setOther] = useState(false);
  function go(file: File) {
    const isSame = file.size === one.bytes;
    setOther(!isSame);
    if (isSame) void upload(file, one, keep);
  }
  return (
    <>
      <Bar label={t('brokeOff')} share={one.received / one.bytes} />
      <DropZone title={t('sameAgain', { name: one.name })} onFile={go} />
      {isOther && (
        <p role="alert" className={styles.refusal}>
          {t('isOther')}
        </p>
      )}
    </>
  );
}
