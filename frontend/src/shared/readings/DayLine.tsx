import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import plot from '@/shared/health/health.module.css';
import { hourly, stretchesOf, type Point } from './day';
import styles from './readings.module.css';

interface Props {
  label: string;
  points: (Point & { part: number })[];
  /** Sums are bars an hour, others a line. */
  isSum: boolean;
  figure(value: number): string;
  /** A range to draw behind it. */
  band?: { low: number; high: number };
}

const HEIGHT = 240;
const EDGE = { top: 12, right: 12, bottom: 28, left: 48 };

/** Measured from midnight to midnight. The numbers stand in the table below it. */
export function DayLine({ label, points, isSum, figure, band }: Props) {
  const { t } = useTranslation('day');
  const formats = useFormats();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const sums = isSum ? hourly(points) : [];
  const values = isSum ? [0, ...sums] : [...points.map(({ value }) => value), ...(band ? [band.low, band.high] : [])];
  const [least, most] = spanOf(values, isSum);
  const x = (hour: number) => EDGE.left + (hour / 24) * (width - EDGE.left - EDGE.right);
  const y = (value: number) => HEIGHT - EDGE.bottom - ((value - least) / (most - least)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const step = width < 480 ? 6 : 3;
  const marks = band ? [band.low, band.high] : [least, most];
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={plot.plot} width={width} height={HEIGHT} role="img" aria-label={t('drawn', { label })}>
          {band && <rect x={x(0)} width={x(24) - x(0)} y={y(band.high)} height={Math.max(0, y(band.low) - y(band.high))} className={styles.band} />}
          {marks.map((value) => (
            <g key={value}>
              <line x1={x(0)} x2={x(24)} y1={y(value)} y2={y(value)} className={styles.limit} />
              <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end" className={plot.text}>
                {figure(value)}
              </text>
            </g>
          ))}
          {Array.from({ length: 24 / step + 1 }, (_, index) => index * step).map((hour) => (
            <text key={hour} x={x(hour)} y={HEIGHT - 8} textAnchor={hour === 24 ? 'end' : 'middle'} className={plot.text}>
              {formats.hours(hour)}
            </text>
          ))}
          {sums.map((sum, hour) => sum > 0 && <rect key={hour} x={x(hour) + 1} width={Math.max(1, x(hour + 1) - x(hour) - 2)} y={y(sum)} height={y(0) - y(sum)} rx={3} className={styles.bar} />)}
          {!isSum && <Lines points={points} x={x} y={y} />}
        </svg>
      )}
    </div>
  );
}

interface Scales {
  points: Point[];
  x(hour: number): number;
  y(value: number): number;
}

/** More dots than these hide the line. */
const MOST_DOTS = 60;

function Lines({ points, x, y }: Scales) {
  const stretches = stretchesOf(points);
  const count = stretches.reduce((sum, { length }) => sum + length, 0);
  const suppressed = points.filter(({ counts }) => !counts).slice(0, MOST_DOTS * 10);
  return (
    <>
      {suppressed.map(({ hour, value }, index) => (
        <circle key={index} cx={x(hour)} cy={y(value)} r={2.5} className={styles.suppressed} />
      ))}
      {stretches.map((stretch, index) => (
        <polyline key={index} points={stretch.map(({ hour, value }) => `${x(hour)},${y(value)}`).join(' ')} className={styles.line} />
      ))}
      {stretches.map((stretch) => (count <= MOST_DOTS || stretch.length === 1) && stretch.map(({ hour, value }) => <circle key={hour} cx={x(hour)} cy={y(value)} r={3.5} className={styles.point} />))}
    </>
  );
}

/** Room around the values; a sum begins at nothing. */
function spanOf(values: number[], isSum: boolean): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((most - least) * 0.08, 1e-6);
  if (isSum) return [0, Math.max(most, 1e-6)];
  return least === most ? [least - 1, most + 1] : [least - room, most + room];
}
