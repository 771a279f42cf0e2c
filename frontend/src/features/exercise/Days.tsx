import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import type { Week } from './api';
import styles from './Exercise.module.css';

/** The seven days; one with workouts opens them. */
export function Days({ week, onOpen }: { week: Week; onOpen(date: string): void }) {
  const { t } = useTranslation('readings');
  const formats = useFormats();
  const shown = columnOf(useCatalogue(), 'exercise', 'duration_minutes');
  const most = Math.max(1, ...week.days.map(({ minutes }) => minutes));
  return (
    <ul className={styles.days}>
      {week.days.map(({ date, minutes }) => (
        <li key={date}>
          <button type="button" disabled={minutes === 0} className={styles.day} onClick={() => onOpen(date)}>
            <span className="hidden-visually">{`${formats.longDay(date)}: ${shown?.value(minutes) ?? ''}${minutes > 0 ? `, ${t('open')}` : ''}`}</span>
            <span className="figures" aria-hidden>{minutes > 0 && formats.number(minutes)}</span>
            <span aria-hidden className={styles.column} style={{ blockSize: `${(minutes / most) * 120 + 3}px` }} />
            <span aria-hidden>{formats.weekday(date)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
