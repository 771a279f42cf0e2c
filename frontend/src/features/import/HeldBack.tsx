import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { Segments } from '@/shared/ui/Segments';
import styles from './Import.module.css';
import { ACCEPT, LATER, LEAVE, waysOf, type Held } from './preview';
import { useNames } from './useNames';

interface Props {
  held: readonly Held[];
  answers: Record<string, string>;
  onAnswer(group: string, way: string): void;
}

/** Readings that cannot be what they say: never stored and never dropped without being asked about. */
export function HeldBack({ held, answers, onAnswer }: Props) {
  const { t } = useTranslation('bring');
  if (held.length === 0) return null;
  return (
    <Card title={t('held')}>
      <p className={styles.soft}>{t('heldText')}</p>
      <ul className={styles.rows}>
        {held.map((one) => (
          <HeldRow key={one.group} held={one} answer={answers[one.group] ?? LATER} onAnswer={(way) => onAnswer(one.group, way)} />
        ))}
      </ul>
    </Card>
  );
}

const EXAMPLES = 3;

interface RowProps {
  held: Omit<Held, 'group' | 'whole'>;
  answer: string;
  /** What else there is to say of them. */
  told?: string;
  onAnswer(way: string): void;
}

/** Readings of one kind, source and unit, and what can be done with them. */
export function HeldRow({ held, answer, told, onAnswer }: RowProps) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  const names = useNames();
  const kind = names.kind(held.kind);
  const examples = held.examples.slice(0, EXAMPLES).map(({ value }) => `${names.figure(value)} ${names.unit(held.unit)}`.trim());
  const { range: possible } = names.range(held.kind, held.stored_unit, held.low, held.high);
  const label = (way: string) => {
    if (way === LEAVE || way === ACCEPT || way === LATER) return t(way);
    return t('guess', { unit: names.unit(way) });
  };
  const ways = [...new Set([...waysOf(held), answer])];
  return (
    <li className={styles.heldRow}>
      <div className={styles.what}>
        <strong>{t('heldCount', { count: held.count, kind })}</strong>
        <p className={styles.soft}>
          {held.reason === 'implausible' ? t('implausible', { examples: formats.list(examples), possible }) : t('unknownUnit', { examples: formats.list(examples), unit: held.unit })}
          {' · '}
          {held.source}
          {told && ` · ${told}`}
        </p>
      </div>
      <Segments label={t('heldChoice', { kind })} value={answer} options={ways.map((way) => ({ value: way, label: label(way) }))} onChange={onAnswer} />
    </li>
  );
}
