import { useTranslation } from 'react-i18next';
import { useRecent, type Entry } from '@/shared/entries';
import type { Typed } from './form';
import type { Kind } from './kinds';
import type { Figures } from './useFigures';
import styles from './Log.module.css';

const MOST = 4;

interface Props {
  kind: Kind;
  figures: Figures;
  onTake(values: Typed): void;
}

/** One-tap recent values: figures alone, or for meals and workouts the whole entry. */
export function Again({ kind, figures, onTake }: Props) {
  const { t } = useTranslation('log');
  const { data } = useRecent(kind.place);
  const distinct = new Map<string, Typed>();
  for (const entry of data ?? []) {
    if (kind.includes && !kind.includes(entry)) continue;
    const taken = taking(kind, entry, figures);
    const label = labelOf(kind, taken);
    if (label && !distinct.has(label)) distinct.set(label, taken);
  }
  if (distinct.size === 0) return null;
  return (
    <div className={styles.again} role="group" aria-label={t('again')}>
      <span aria-hidden>{t('again')}</span>
      {[...distinct].slice(0, MOST).map(([label, taken]) => (
        <button key={label} type="button" className={`${styles.chip} figures`} onClick={() => onTake(taken)}>
          {label}
        </button>
      ))}
    </div>
  );
}

function taking(kind: Kind, entry: Entry, figures: Figures): Typed {
  const wanted = kind.fields.filter(({ type, isMain, name }) =>
    kind.repeats ? (type === 'figure' || type === 'text' || type === 'choice') && name !== 'notes' && name !== 'meal_type' : type === 'figure' && isMain,
  );
  return Object.fromEntries(
    wanted
      .filter(({ name }) => entry[name] != null)
      .map(({ name, type }) => [name, type === 'figure' ? figures.typedOf(name, Number(entry[name])) : String(entry[name])]),
  );
}

function labelOf(kind: Kind, taken: Typed): string {
  const [first] = kind.fields;
  if (kind.repeats) return (first && taken[first.name]) ?? '';
  return Object.values(taken).join(' / ');
}
