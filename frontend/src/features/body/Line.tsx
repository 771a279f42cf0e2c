import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Shown } from '@/shared/catalogue/catalogue';
import { addDays } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { pathOf } from '@/shared/ui/Sparkline';
import styles from './Body.module.css';

interface Props {
  first: string;
  values: (number | null)[];
  trend: (number | null)[];
  shown: Shown;
}

const HEIGHT = 280;
const EDGE = { top: 14, right: 8, bottom: 28, left: 52 };

/** Daily values as dots, hanging on the trend. The numbers stand in the table below it. */
export function Line({ first, values, trend, shown }: Props) {
  const { t } = useTranslation('body');
  const formats = useFormats();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const most = Math.max(...known);
  const room = (most - least || 1) * 0.1;
  const x = (index: number) => EDGE.left + (index / Math.max(1, values.length - 1)) * (width - EDGE.left - EDGE.right);
  const y = (value: number) => HEIGHT - EDGE.bottom - ((value - least + room) / (most - least + 2 * room || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const ticks = [least, (least + most) / 2, most];
  const days = [0, Math.floor((values.length - 1) / 2), values.length - 1];
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={health.plot} width={width} height={HEIGHT} role="img" aria-label={t('lineLabel', { metric: shown.label })}>
          {ticks.map((value, index) => (
            <g key={index}>
              <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} className={styles.grid} />
              <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end" className={health.text}>
                {shown.figure(value)}
              </text>
            </g>
          ))}
          {days.map((index, place) => (
            <text key={place} x={x(index)} y={HEIGHT - 8} textAnchor={(['start', 'middle', 'end'] as const)[place]} className={health.text}>
              {formats.shortDay(addDays(first, index))}
            </text>
          ))}
          {values.map((value, index) => {
            const level = trend[index];
            if (value === null || level == null) return null;
            return (
              <g key={index} className={styles.day}>
                <line x1={x(index)} x2={x(index)} y1={y(value)} y2={y(level)} />
                <circle cx={x(index)} cy={y(value)} r={values.length > 120 ? 1.75 : 2.75} />
              </g>
            );
          })}
          <path d={pathOf(trend, x, y)} className={styles.trend} />
        </svg>
      )}
    </div>
  );
}
