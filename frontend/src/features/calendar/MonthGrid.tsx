import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shown } from '@/shared/catalogue/catalogue';
import type { Finding } from '@/shared/findings';
import { addDays } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { DIAMOND, TRIANGLE } from '@/shared/ui/marks';
import styles from './Calendar.module.css';
import type { Day, Month } from './months';

interface Props {
  month: Month;
  shown: Shown;
  /** The findings of the metric, by their days. */
  found: ReadonlyMap<string, Finding>;
  /** Opens a day's readings; left out where a metric has none of its own. */
  onOpen?(date: string): void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
/** A Monday. */
const MONDAY = '2026-01-05';

/** A month: one stop of the Tab key, arrows from day to day. */
export function MonthGrid({ month, shown, found, onOpen }: Props) {
  const formats = useFormats();
  const [first] = month.days.filter(({ value }) => value !== null);
  const [focused, setFocused] = useState(first?.date);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key];
    const from = month.days.findIndex(({ date }) => date === focused);
    if (step === undefined || from < 0) return;
    event.preventDefault();
    const next = nextOf(month.days, from, step);
    if (next === undefined) return;
    setFocused(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-date="${next}"]`)?.focus();
  };
  return (
    <section className={styles.month} aria-label={formats.month(month.first)}>
      <h2>{formats.month(month.first)}</h2>
      <div className={styles.week} aria-hidden>
        {Array.from({ length: 7 }, (_, index) => (
          <span key={index}>{formats.weekday(addDays(MONDAY, index)).slice(0, 2)}</span>
        ))}
      </div>
      <div className={styles.grid} onKeyDown={move}>
        {month.days.map((day, index) => (
          <Cell key={day.date} day={day} shown={shown} finding={found.get(day.date)} column={index === 0 ? month.before + 1 : undefined} isStop={day.date === focused} onFocus={() => setFocused(day.date)} onOpen={onOpen} />
        ))}
      </div>
    </section>
  );
}

/** The nearest day with a value in a direction, a day or a week at a time. */
function nextOf(days: Day[], from: number, step: number): string | undefined {
  for (let index = from + step; index >= 0 && index < days.length; index += step) {
    const day = days[index];
    if (day && day.value !== null) return day.date;
  }
  return undefined;
}

interface CellProps {
  day: Day;
  shown: Shown;
  finding?: Finding;
  column?: number;
  isStop: boolean;
  onFocus(): void;
  onOpen?(date: string): void;
}

function Cell({ day: { date, value, level }, shown, finding, column, isStop, onFocus, onOpen }: CellProps) {
  const { t } = useTranslation(['readings', 'calendar']);
  const formats = useFormats();
  const style = column === undefined ? undefined : { gridColumnStart: column };
  const number = Number(date.slice(8));
  if (value === null)
    return (
      <span className={styles.cell} style={style}>
        {number}
      </span>
    );
  const marks = finding ? [finding.is_unusual && t('calendar:unusual'), finding.clinical && t('calendar:clinical')].filter(Boolean) : [];
  const told = [`${formats.longDay(date)}: ${shown.value(value)}`, ...marks].join(', ');
  const inside = (
    <>
      {number}
      {finding && <Mark finding={finding} />}
    </>
  );
  if (onOpen === undefined)
    return (
      <span className={`${styles.cell} ${styles[`level${level}`]}`} style={style} title={told}>
        <span aria-hidden>{inside}</span>
        <span className="hidden-visually">{told}</span>
      </span>
    );
  return (
    <button
      type="button"
      data-date={date}
      tabIndex={isStop ? 0 : -1}
      className={`${styles.cell} ${styles[`level${level}`]}`}
      style={style}
      title={told}
      aria-label={`${told}, ${t('readings:open')}`}
      onFocus={onFocus}
      onClick={() => onOpen(date)}
    >
      {inside}
    </button>
  );
}

/** The shapes of the two marks, in a day's corner. */
function Mark({ finding: { is_unusual: isUnusual, direction, is_acknowledged: isSeen } }: { finding: Finding }) {
  return (
    <svg className={`${styles.mark} ${isSeen ? styles.isSeen : ''}`} aria-hidden width="10" height="10" viewBox="0 0 10 10">
      <path d={isUnusual ? TRIANGLE[direction] : DIAMOND} />
    </svg>
  );
}
