import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/shared/ui/Icon';
import styles from './Import.module.css';

interface Props {
  /** What is asked for, where it is one file and no other. */
  title?: string;
  isBusy?: boolean;
  onFile(file: File): void;
}

/** A field for a file, as large as a target for dropping one should be. */
export function DropZone({ title, isBusy = false, onFile }: Props) {
  const { t } = useTranslation('bring');
  const [isOver, setOver] = useState(false);
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(is);
  };
  function drop(event: DragEvent) {
    over(false)(event);
    const [file] = event.dataTransfer.files;
    if (file && !isBusy) onFile(file);
  }
  return (
    <label className={`${styles.zone} ${isOver ? styles.over : ''}`} aria-busy={isBusy} onDragOver={over(true)} onDragLeave={over(false)} onDrop={drop}>
      <span className={styles.badge}>
        <Icon name="import" size={26} />
      </span>
      <strong className={styles.name}>{title ?? t('drop')}</strong>
      {title === undefined && <span className={styles.soft}>{t('formats')}</span>}
      <input
        type="file"
        className={styles.input}
        aria-label={t('choose')}
        disabled={isBusy}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // So that the same file can be chosen again.
          currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
      <span className={styles.choose} aria-hidden>
        {t('choose')}
      </span>
    </label>
  );
}
