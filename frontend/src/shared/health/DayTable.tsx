import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from './Stats';
import styles from './health.module.css';

export interface DayRow {
  date: string;
  cells: (string | null)[];
}

interface Props {
  title: string;
  columns: string[];
  /** The newest first. */
  rows: DayRow[];
  onOpen(date: string): void;
}

/** What a chart shows, in numbers: each day opens its readings. */
export function DayTable({ title, columns, rows, onOpen }: Props) {
  const { t } = useTranslation(['health', 'common']);
  const formats = useFormats();
  return (
    <details className={styles.days}>
      <summary>{title}</summary>
      <div className={styles.scroll} role="region" aria-label={title} tabIndex={0}>
        <table className={`${styles.table} figures`}>
          <thead>
            <tr>
              <th scope="col">{t('common:chart.day')}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ date, cells }) => (
              <tr key={date}>
                <th scope="row">
                  <Opener onOpen={() => onOpen(date)}>{formats.day(date)}</Opener>
                </th>
                {cells.map((cell, index) => (
                  <td key={columns[index]}>{cell ?? '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
