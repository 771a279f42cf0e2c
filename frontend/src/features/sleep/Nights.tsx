import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { useMe } from '@/shared/session/session';
import type { NightEntry } from './api';
import { asTime, frameOf, hoursFrom, spanOf } from './clock';
import styles from './Sleep.module.css';

/** A bar a night on one clock: how long, and how alike. */
export function Nights({ nights }: { nights: NightEntry[] }) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const { data: me } = useMe();
  const hours = hoursFrom(me?.timezone ?? 'UTC');
  const spans = nights.flatMap((night) => spanOf(night, hours) ?? []);
  const frame = spans.length > 0 ? frameOf(spans) : { from: 0, to: 1 };
  const place = (hour: number) => ((hour - frame.from) / (frame.to - frame.from)) * 100;
  const ticks = Array.from({ length: 3 }, (_, index) => frame.from + Math.round(((frame.to - frame.from) * index) / 2));
  return (
    <>
      {spans.length > 0 && (
        <div className={`${styles.axis} figures`} aria-hidden>
          {ticks.map((hour) => (
            <span key={hour}>{formats.hours(asTime(hour))}</span>
          ))}
        </div>
      )}
      <ul className={styles.nights}>
        {nights.map((night) => {
          const span = spanOf(night, hours);
          return (
            <li key={night.id}>
              <Link to="/sleep/$date" params={{ date: night.date }} className={styles.night}>
                <span>{formats.day(night.date)}</span>
                <span className={styles.track} aria-hidden>
                  {span && <span style={{ insetInlineStart: `${place(span.from)}%`, inlineSize: `${place(span.to) - place(span.from)}%` }} />}
                </span>
                {span && (
                  <span className="hidden-visually">
                    {t('fromTo', { from: formats.hours(asTime(span.from)), to: formats.hours(asTime(span.to)) })}
                  </span>
                )}
                <b className="figures">{formats.hours(night.duration_hours)}</b>
              </Link>
            </li>
          );
        })}
      </ul>
    </>
  );
}
