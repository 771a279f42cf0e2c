import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { Opener } from '@/shared/health/Stats';
import type { Day } from './api';
import styles from './Food.module.css';

interface Props {
  day: Day;
  onOpen(column: string): void;
}

const MAIN = ['protein_g', 'carbs_g', 'fats_g'] as const;
const REST = ['sugar_g', 'fiber_g', 'sodium_mg'] as const;
const SHARES = { protein_g: 'protein_pct', carbs_g: 'carbs_pct', fats_g: 'fats_pct' } as const;

/** The day's sums beside the usual day's. They stay in sight while the meals pass below. */
export function Totals({ day, onOpen }: Props) {
  const { t } = useTranslation('food');
  const energy = columnOf(useCatalogue(), 'nutrition', 'calories');
  const eaten = day.totals.calories;
  const usual = day.usual.nutrients.calories.mean;
  return (
    <section className={styles.totals} aria-label={t('totals')}>
      <p className={styles.energy}>
        <strong className="figures">{eaten === null || energy === undefined ? '–' : <Opener onOpen={() => onOpen('calories')}>{energy.value(eaten)}</Opener>}</strong>
        {usual !== null && energy && <span className="figures">{t('usualDay', { value: energy.value(usual) })}</span>}
      </p>
      {usual !== null && eaten !== null && (
        <div className={styles.track} aria-hidden>
          <span style={{ inlineSize: `${Math.min(100, (eaten / usual) * 100)}%` }} />
        </div>
      )}
      <dl className={`${styles.nutrients} figures`}>
        {MAIN.map((name) => (
          <Nutrient key={name} name={name} day={day} onOpen={onOpen} />
        ))}
      </dl>
      <details className={styles.more}>
        <summary>{t('more')}</summary>
        <dl className={`${styles.nutrients} figures`}>
          {REST.map((name) => (
            <Nutrient key={name} name={name} day={day} onOpen={onOpen} />
          ))}
        </dl>
        {day.unknown.calories > 0 && <p className={styles.soft}>{t('unknown', { count: day.unknown.calories })}</p>}
      </details>
    </section>
  );
}

function Nutrient({ name, day, onOpen }: Props & { name: (typeof MAIN)[number] | (typeof REST)[number] }) {
  const { t } = useTranslation('food');
  const formats = useFormats();
  const shown = columnOf(useCatalogue(), 'nutrition', name);
  const value = day.totals[name];
  const usual = day.usual.nutrients[name].mean;
  const share = name in SHARES ? day.energy_shares[SHARES[name as keyof typeof SHARES]] : null;
  if (shown === undefined) return null;
  return (
    <div>
      <dt>{shown.label}</dt>
      <dd>
        {value === null ? '–' : <Opener onOpen={() => onOpen(name)}>{shown.value(value)}</Opener>}
        {share !== null && <span className={styles.soft}>{formats.percent(share / 100)}</span>}
      </dd>
      {usual !== null && <dd className={styles.soft}>{t('usual', { value: shown.figure(usual) })}</dd>}
    </div>
  );
}
