import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from '@/shared/health/Stats';
import type { Mentions } from './api';
import styles from './Chronic.module.css';

type Note = Mentions['items'][number];

/** Of all conditions, each once, the newest first. */
export function notesOf(mentions: Mentions[]): Note[] {
  const all = new Map(mentions.flatMap(({ items }) => items).map((note) => [note.id, note]));
  return [...all.values()].sort((one, other) => other.date.localeCompare(one.date));
}

export function Notes({ notes, onOpen }: { notes: Note[]; onOpen(date: string): void }) {
  const { t } = useTranslation('chronic');
  const formats = useFormats();
  if (notes.length === 0) return <p className={styles.none}>{t('noNotes')}</p>;
  return (
    <ul className={styles.notes}>
      {notes.map(({ id, date, medication, symptoms }) => (
        <li key={id}>
          <span>
            <Opener onOpen={() => onOpen(date)}>{formats.day(date)}</Opener>
          </span>
          <dl>
            {medication && (
              <div>
                <dt>{t('medication')}</dt>
                <dd>{medication}</dd>
              </div>
            )}
            {symptoms && (
              <div>
                <dt>{t('symptoms')}</dt>
                <dd>{symptoms}</dd>
              </div>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}
