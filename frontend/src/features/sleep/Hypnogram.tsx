import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import health from '@/shared/health/health.module.css';
import { useSources } from '@/shared/readings/kinds';
import { Card } from '@/shared/ui/Card';
import { useStages, type NightEntry } from './api';
import styles from './Sleep.module.css';
import { kindOf, LANES, stagesOf, type Lane, type Stages } from './stages';

/** The stages through a night, where a device told them; nothing otherwise. */
export function Hypnogram({ night }: { night: NightEntry }) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const { data: sources } = useSources();
  const measured = LANES.map(kindOf).filter((kind) => sources?.kinds.some((one) => one.kind === kind));
  const readings = useStages(measured, night.date);
  if (night.bedtime === null || night.wake_time === null || sources === undefined || readings.length < measured.length) return null;
  const stages = stagesOf(readings, Date.parse(night.bedtime), Date.parse(night.wake_time), sources.order);
  if (stages === undefined) return null;
  const { source, others } = stages;
  return (
    <Card title={t('hypnogram')}>
      <Drawing stages={stages} from={Date.parse(night.bedtime)} to={Date.parse(night.wake_time)} />
      <p className={health.hint}>
        {t('by', { source })} {others.length > 0 && t('others', { source, sources: formats.list(others) })}
      </p>
      <StageTable stages={stages} />
    </Card>
  );
}

const LANE = 38;
const EDGE = { top: 6, right: 12, bottom: 26, left: 62 };
const HOUR = 3_600_000;

interface Props {
  stages: Stages;
  from: number;
  to: number;
}

function Drawing({ stages: { stretches }, from, to }: Props) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const lanes = LANES.filter((lane) => stretches.some((one) => one.lane === lane));
  const height = EDGE.top + lanes.length * LANE + EDGE.bottom;
  const x = (moment: number) => EDGE.left + ((moment - from) / (to - from)) * (width - EDGE.left - EDGE.right);
  const y = (lane: Lane) => EDGE.top + lanes.indexOf(lane) * LANE;
  const time = (moment: number) => formats.time(new Date(moment).toISOString());
  const step = width < 480 ? 3 : 2;
  const first = Math.ceil(from / HOUR) * HOUR;
  const ticks = Array.from({ length: Math.max(0, Math.ceil((to - first) / (step * HOUR))) }, (_, index) => first + index * step * HOUR);
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={health.plot} width={width} height={height} role="img" aria-label={t('drawn', { from: time(from), to: time(to) })}>
          {lanes.map((lane) => (
            <g key={lane}>
              <line x1={EDGE.left} x2={width - EDGE.right} y1={y(lane) + LANE} y2={y(lane) + LANE} className={styles.laneLine} />
              <text x={0} y={y(lane) + LANE / 2 + 4} className={health.text}>
                {t(lane)}
              </text>
            </g>
          ))}
          {stretches.slice(1).map((stretch, index) => {
            const before = stretches[index];
            const [top, foot] = [y(before?.lane ?? stretch.lane), y(stretch.lane)].sort((one, other) => one - other) as [number, number];
            return <line key={stretch.from} x1={x(stretch.from)} x2={x(stretch.from)} y1={top + LANE / 2} y2={foot + LANE / 2} className={styles.stepLine} />;
          })}
          {stretches.map(({ lane, from: start, to: end }) => (
            <rect key={`${lane} ${start}`} x={x(start)} width={Math.max(1.5, x(end) - x(start))} y={y(lane) + 6} height={LANE - 12} rx={4} className={styles[`lane-${lane}`]} />
          ))}
          {ticks.map((tick) => (
            <text key={tick} x={x(tick)} y={height - 6} textAnchor="middle" className={health.text}>
              {time(tick)}
            </text>
          ))}
        </svg>
      )}
    </div>
  );
}

/** The same in words and numbers. */
function StageTable({ stages: { stretches } }: { stages: Stages }) {
  const { t } = useTranslation('sleep');
  const formats = useFormats();
  const time = (moment: number) => formats.time(new Date(moment).toISOString());
  return (
    <details className={health.days}>
      <summary>{t('allStages')}</summary>
      <div className={health.scroll} role="region" aria-label={t('allStages')} tabIndex={0}>
        <table className={`${health.table} figures`}>
          <thead>
            <tr>
              <th scope="col">{t('time')}</th>
              <th scope="col">{t('stage')}</th>
              <th scope="col">{t('minutes')}</th>
            </tr>
          </thead>
          <tbody>
            {stretches.map(({ lane, from, to }) => (
              <tr key={`${lane} ${from}`}>
                <th scope="row">{`${time(from)}–${time(to)}`}</th>
                <td>{t(lane)}</td>
                <td>{formats.number((to - from) / 60_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
