import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/shared/ui/Icon';
import styles from './Import.module.css';

const ACCEPTED = '.csv,.tsv,.txt,.zip';

/** A field for a file, as large as a target for dropping one should be. */
export function DropZone({ onFile }: { onFile(file: File): void }) {
  const { t } = useTranslation('bring');
  const [isOver, setOver] = useState(false);
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(is);
  };
  function drop(event: DragEvent) {
    over(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  }
  return (
    <label className={`${styles.zone} ${isOver ? styles.over : ''}`} onDragOver={over(true)} onDragLeave={over(false)} onDrop={drop}>
      <span className={styles.badge}>
        <Icon name="import" size={26} />
      </span>
      <strong>{t('drop')}</strong>
      <span className={styles.soft}>{t('formats')}</span>
      <input
        type="file"
        className={styles.input}
        accept={ACCEPTED}
        aria-label={t('choose')}
        onChange={({ currentTarget: { files } }) => files?.[0] && onFile(files[0])}
      />
      <span className={styles.choose} aria-hidden>
        {t('choose')}
      </span>
    </label>
  );
}
