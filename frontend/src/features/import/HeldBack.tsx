import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { Segments } from '@/shared/ui/Segments';
import styles from './Import.module.css';
import { ACCEPT, LEAVE, waysOf, type Held } from './preview';
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
          <HeldRow key={one.group} held={one} answer={answers[one.group] ?? LEAVE} onAnswer={(way) => onAnswer(one.group, way)} />
        ))}
      </ul>
    </Card>
  );
}

const EXAMPLES = 3;

function HeldRow({ held, answer, onAnswer }: { held: Held; answer: string; onAnswer(way: string): void }) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  const names = useNames();
  const kind = names.kind(held.kind);
  const examples = held.examples.slice(0, EXAMPLES).map(({ value }) => `${names.figure(value)} ${names.unit(held.unit)}`.trim());
  const { range: possible } = names.range(held.kind, held.stored_unit, held.low, held.high);
  const label = (way: string) => (way === LEAVE ? t('leave') : way === ACCEPT ? t('accept') : t('guess', { unit: names.unit(way) }));
  return (
    <li className={styles.heldRow}>
      <div className={styles.what}>
        <strong>{t('heldCount', { count: held.count, kind })}</strong>
        <p className={styles.soft}>
          {held.reason === 'implausible' ? t('implausible', { examples: formats.list(examples), possible }) : t('unknownUnit', { examples: formats.list(examples), unit: held.unit })}
          {' · '}
          {held.source}
        </p>
      </div>
      <Segments label={t('heldChoice', { kind })} value={answer} options={waysOf(held).map((way) => ({ value: way, label: label(way) }))} onChange={onAnswer} />
    </li>
  );
}
