import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import plotStyles from '@/shared/health/health.module.css';
import styles from './Glucose.module.css';
import { isFull, type Slot, type Timed } from './profile';

interface Props {
  profile: Slot[];
  readings: Timed[];
  shown: Shown;
  /** Of the target. */
  low: number;
  high: number;
}

const HEIGHT = 280;
const EDGE = { top: 12, right: 12, bottom: 28, left: 44 };
/** More dots than these are a cloud that hides the bands. */
const MOST_DOTS = 400;

/** Percentiles over the day, the target behind them. The numbers stand in the table below it. */
export function Profile({ profile, readings, shown, low, high }: Props) {
  const { t } = useTranslation('glucose');
  const formats = useFormats();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const values = [low, high, ...readings.map(({ value }) => value)];
  const least = Math.min(...values) - 10;
  const most = Math.max(...values) + 10;
  const x = (hour: number) => EDGE.left + (hour / 24) * (width - EDGE.left - EDGE.right);
  const y = (value: number) => HEIGHT - EDGE.bottom - ((value - least) / (most - least)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const step = width < 480 ? 6 : 3;
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={plotStyles.plot} width={width} height={HEIGHT} role="img" aria-label={t('profileLabel')}>
          <rect x={x(0)} width={x(24) - x(0)} y={y(high)} height={y(low) - y(high)} className={styles.target} />
          {[low, high].map((limit) => (
            <g key={limit}>
              <line x1={x(0)} x2={x(24)} y1={y(limit)} y2={y(limit)} className={styles.limit} />
              <text x={EDGE.left - 8} y={y(limit) + 4} textAnchor="end" className={plotStyles.text}>
                {shown.figure(limit)}
              </text>
            </g>
          ))}
          {Array.from({ length: 24 / step + 1 }, (_, index) => index * step).map((hour) => (
            <text key={hour} x={x(hour)} y={HEIGHT - 8} textAnchor={hour === 24 ? 'end' : 'middle'} className={plotStyles.text}>
              {formats.hours(hour)}
            </text>
          ))}
          {isFull(profile) ? <Bands profile={profile} x={x} y={y} /> : <Boxes profile={profile} x={x} y={y} />}
          {readings.length <= MOST_DOTS &&
            readings.map(({ hour, value }, index) => <circle key={index} cx={x(hour)} cy={y(value)} r={2.5} className={styles.dot} />)}
        </svg>
      )}
    </div>
  );
}

interface Scales {
  profile: Slot[];
  x(hour: number): number;
  y(value: number): number;
}

/** A sensor's readings: bands from midnight to midnight. */
function Bands({ profile, x, y }: Scales) {
  const at = ({ from, to }: Slot) => x((from + to) / 2);
  const line = (rank: number, slots = profile) => slots.map((slot) => `${at(slot)},${y(slot.percentiles?.[rank] ?? 0)}`).join(' ');
  const band = (lower: number, upper: number) => `${line(upper)} ${line(lower, [...profile].reverse())}`;
  return (
    <>
      <polygon points={band(0, 4)} className={styles.outer} />
      <polygon points={band(1, 3)} className={styles.inner} />
      <polyline points={line(2)} className={styles.median} />
    </>
  );
}

/** A few readings a day: a box for each part of the day that has enough of them. */
function Boxes({ profile, x, y }: Scales) {
  return profile.map(({ from, to, percentiles }) => {
    if (percentiles === null) return null;
    const [least, lower, middle, upper, most] = percentiles;
    const [left, width] = [x(from) + 3, x(to) - x(from) - 6];
    return (
      <g key={from}>
        <rect x={left} width={width} y={y(most)} height={Math.max(2, y(least) - y(most))} rx={6} className={styles.outer} />
        <rect x={left} width={width} y={y(upper)} height={Math.max(2, y(lower) - y(upper))} rx={4} className={styles.inner} />
        <line x1={left} x2={left + width} y1={y(middle)} y2={y(middle)} className={styles.median} />
      </g>
    );
  });
}
