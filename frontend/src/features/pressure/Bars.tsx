import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Shown } from '@/shared/catalogue/catalogue';
import { addDays, daysBetween } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { DIAMOND } from '@/shared/ui/marks';
import type { Trends } from './api';
import styles from './Pressure.module.css';

const HEIGHT = 260;
const EDGE = { top: 22, right: 8, bottom: 28, left: 44 };

/** A bar a day, from the lower to the upper pressure; days at or over a limit have a diamond too. The
 * numbers stand in the table below it. */
export function Bars({ trends, shown }: { trends: Trends; shown: Shown }) {
  const { t } = useTranslation('pressure');
  const formats = useFormats();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { daily, high, from, to } = trends;
  const count = daysBetween(from, to) + 1;
  const limits = [high.diastolic_limit, high.systolic_limit];
  const least = Math.min(high.diastolic_limit, ...daily.map(({ diastolic }) => diastolic)) - 8;
  const most = Math.max(high.systolic_limit, ...daily.map(({ systolic }) => systolic)) + 8;
  const slot = (width - EDGE.left - EDGE.right) / count;
  const x = (date: string) => EDGE.left + (daysBetween(from, date) + 0.5) * slot;
  const y = (value: number) => HEIGHT - EDGE.bottom - ((value - least) / (most - least)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const thick = Math.max(3, Math.min(14, slot * 0.55));
  const ticks = [0, Math.floor((count - 1) / 2), count - 1];
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={health.plot} width={width} height={HEIGHT} role="img" aria-label={t('barsLabel')}>
          {limits.map((limit) => (
            <g key={limit}>
              <line x1={EDGE.left} x2={width - EDGE.right} y1={y(limit)} y2={y(limit)} className={styles.limit} />
              <text x={EDGE.left - 8} y={y(limit) + 4} textAnchor="end" className={health.text}>
                {shown.figure(limit)}
              </text>
            </g>
          ))}
          {ticks.map((index) => (
            <text key={index} x={x(addDays(from, index))} y={HEIGHT - 8} textAnchor={index === 0 ? 'start' : index === count - 1 ? 'end' : 'middle'} className={health.text}>
              {formats.shortDay(addDays(from, index))}
            </text>
          ))}
          {daily.map(({ date, systolic, diastolic }) => {
            const isHigh = systolic >= high.systolic_limit || diastolic >= high.diastolic_limit;
            return (
              <g key={date} className={isHigh ? styles.high : styles.bar}>
                <rect x={x(date) - thick / 2} width={thick} y={y(systolic)} height={Math.max(2, y(diastolic) - y(systolic))} rx={thick / 2} />
                {isHigh && <path d={DIAMOND} transform={`translate(${x(date) - 5} ${y(systolic) - 14})`} />}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
