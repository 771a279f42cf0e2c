import { useTranslation } from 'react-i18next';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { Opener } from '@/shared/health/Stats';
import type { Week } from './api';
import styles from './Exercise.module.css';

/** The week's moderate minutes, a vigorous one counting twice, on a track with the recommended range. */
export function Goal({ week: { aerobic }, onOpen }: { week: Week; onOpen(): void }) {
  const { t } = useTranslation('exercise');
  const minutes = columnOf(useCatalogue(), 'exercise', 'duration_minutes');
  const { equivalent_minutes: done, recommended_low: low, recommended_high: high, unrated_minutes: unrated } = aerobic;
  const end = Math.max(high * 1.15, done * 1.05);
  const place = (value: number) => `${(value / end) * 100}%`;
  return (
    <>
      <p className={styles.done}>
        <strong className="figures">
          <Opener onOpen={onOpen}>{minutes?.value(done)}</Opener>
        </strong>
        <span>{t(`standing.${aerobic.standing}`, { low, high })}</span>
      </p>
      <div className={styles.track} aria-hidden>
        <span className={styles.band} style={{ insetInlineStart: place(low), inlineSize: `calc(${place(high)} - ${place(low)})` }} />
        <span className={styles.fill} style={{ inlineSize: place(done) }} />
      </div>
      <div className={`${styles.ticks} figures`} aria-hidden>
        <span style={{ insetInlineStart: place(low) }}>{low}</span>
        <span style={{ insetInlineStart: place(high) }}>{high}</span>
      </div>
      <p className={styles.soft}>
        {t('goalNote', { moderate: minutes?.value(aerobic.moderate_minutes), vigorous: minutes?.value(aerobic.vigorous_minutes) })}
        {unrated > 0 && ` ${t('unrated', { minutes: minutes?.value(unrated) })}`}
      </p>
    </>
  );
}
