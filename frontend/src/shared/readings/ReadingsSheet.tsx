import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import type { Entry } from '@/shared/entries';
import { useFormats } from '@/shared/format/useFormats';
import type { Tracker } from '@/shared/trackers';
import { Icon } from '@/shared/ui/Icon';
import { Sheet } from '@/shared/ui/Sheet';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { useReadings } from './api';
import { kindsBehind, useKind, useSources } from './kinds';
import { askedIn, type Asked } from './readings';
import styles from './readings.module.css';

interface Props {
  /** The search parameter. */
  readings: string | undefined;
  onClose(): void;
}

/** The readings that a number came from. */
export function ReadingsSheet({ readings, onClose }: Props) {
  const { t } = useTranslation('readings');
  const asked = askedIn(readings);
  return (
    <Sheet title={t('title')} opened={asked !== undefined} onClose={onClose}>
      {asked && <List asked={asked} />}
    </Sheet>
  );
}

function List({ asked }: { asked: Asked }) {
  const { t } = useTranslation('readings');
  const formats = useFormats();
  const pages = useReadings(asked);
  const isWanted = (entry: Entry) => asked.columns.length === 0 || asked.columns.some((column) => entry[column] != null);
  const span = asked.from === asked.to ? formats.longDay(asked.from) : `${formats.shortDay(asked.from)} – ${formats.shortDay(asked.to)}`;
  return (
    <>
      <p className={styles.span}>{span}</p>
      <Loaded result={pages} loading={<LoadingState count={3} />}>
        {({ pages: answered }) => {
          const entries = answered.flatMap(({ items }) => items).filter(isWanted);
          if (entries.length === 0 && !pages.hasNextPage) return <p className={styles.none}>{t('none')}</p>;
          return (
            <ul className={styles.list}>
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} asked={asked} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}

const TEXTS = ['food_name', 'exercise_name', 'medication_taken', 'symptoms', 'notes'];

function Row({ entry, asked }: { entry: Entry; asked: Asked }) {
  const { t } = useTranslation(['readings', 'log']);
  const formats = useFormats();
  const figures = useFiguresOf(entry, asked);
  const [first = '', ...texts] = TEXTS.map((name) => entry[name]).filter((text) => typeof text === 'string');
  const moment = entry.occurred_at ?? entry.wake_time;
  const when = typeof moment === 'string' ? `${formats.shortDay(entry.date)}, ${formats.time(moment)}` : formats.day(entry.date);
  const part = entry.meal_type ?? entry.time_of_day;
  return (
    <li className={styles.row}>
      <div>
        <div className={styles.when}>
          <time dateTime={typeof moment === 'string' ? moment : entry.date}>{when}</time>
          {typeof part === 'string' && part !== 'other' && <span>{t(`log:options.${part}` as 'log:options.other')}</span>}
        </div>
        {first && <div className={styles.name}>{first}</div>}
        {figures.length > 0 && (
          <dl className={`${styles.figures} figures`}>
            {figures.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {texts.map((text) => (
          <p key={text} className={styles.text}>
            {text}
          </p>
        ))}
        {typeof entry.batch_id === 'string' && <Measured asked={asked} day={entry.date} />}
      </div>
      <Link to="/log/$kind" params={{ kind: kindOf(asked.tracker, entry) }} search={{ entry: entry.id }} className={styles.edit} aria-label={t('readings:edit', { when })}>
        <Icon name="edit" size={18} />
      </Link>
    </li>
  );
}

/** An entry that was imported may be worked out of finer readings: those that count, and those that do not. */
function Measured({ asked, day }: { asked: Asked; day: string }) {
  const { t } = useTranslation('readings');
  const { data } = useSources();
  const name = useKind();
  const kinds = kindsBehind(useCatalogue(), data?.kinds ?? [], asked);
  return kinds.map((kind) => (
    <Link key={kind} to="/readings/$kind" params={{ kind }} search={{ day }} className={styles.measured}>
      {t('measured', { kind: name(kind, '').label })}
    </Link>
  ));
}

/** The name and value of every figure of an entry. */
function useFiguresOf(entry: Entry, { tracker, columns }: Asked): [string, string][] {
  const catalogue = useCatalogue();
  const names = columns.length > 0 ? columns : Object.keys(entry);
  return names.flatMap((name): [string, string][] => {
    const value = entry[name];
    const shown = typeof value === 'number' ? columnOf(catalogue, tracker, name) : undefined;
    return shown && typeof value === 'number' ? [[shown.label, shown.value(value)]] : [];
  });
}

/** The form that an entry is changed in. */
function kindOf(tracker: Tracker, entry: Entry): string {
  return tracker === 'chronic' && entry.blood_glucose_mgdl != null ? 'glucose' : tracker;
}
