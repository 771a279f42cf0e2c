import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import type { Series } from '@/shared/api/series';
import type { Shown } from '@/shared/catalogue/catalogue';
import { addDays, daysBetween, utcOf } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import styles from './Chart.module.css';
import { optionsOf, SERIES, tokensOf } from './draw';
import { Legend } from './Legend';
import { Rail } from './Rail';
import { weekMeans, type Marker } from './rail';

export interface ChartProps {
  /** The first day of the columns. */
  first: string;
  series: Series;
  shown: Shown;
  markers?: Marker[];
  /** Opens findings: all that one button of the rail stands for, the gravest first. */
  onOpen?(ids: string[]): void;
  /** Another metric, on an axis of its own. */
  other?: { series: Series; shown: Shown };
  height?: number;
  /** Charts with the same word share their cursor. */
  sync?: string;
}

/** Above this many days, daily values are faint and the mean of a week is the line. */
const LONG = 120;
/** One list for all charts without marks: a new one each time would draw the chart anew. */
const NONE: Marker[] = [];

/** A metric over days: usual range as a band, gaps as gaps, marks for what stands out, a rail of
 * buttons to open them, and one line that says what the cursor is on. Keys: see `chart.keys`. */
export function Chart({ first, series, shown, markers = NONE, onOpen, other, height = 260, sync }: ChartProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const holder = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(measure, holder);
  const plot = useRef<uPlot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [scale, setScale] = useState<{ plot: uPlot; version: number } | null>(null);
  const scheme = useComputedColorScheme('light');
  const isLong = series.values.length > LONG;
  const data = useMemo(() => columns(first, series, shown, isLong, other), [first, series, shown, isLong, other]);
  const markersAt = useMemo(() => new Map(markers.map((marker) => [daysBetween(first, marker.date), marker])), [first, markers]);

  useEffect(() => {
    const box = holder.current;
    if (!box || width === 0) return;
    const made = new uPlot(
      optionsOf({
        width, height, tokens: tokensOf(box), formats, isLong, markersAt, sync,
        hasOther: other !== undefined,
        isWhole: shown.decimals === 0,
        figure: (value) => axisFigure(shown, value, formats.number),
        otherFigure: other && ((value) => axisFigure(other.shown, value, formats.number)),
        onCursor: setIndex,
        onScale: (changed) => setScale((before) => ({ plot: changed, version: (before?.version ?? 0) + 1 })),
      }),
      data,
      box,
    );
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [width, height, formats, isLong, markersAt, data, other, shown, scheme, sync]);

  const last = series.values.length - 1;
  const at = Math.min(index ?? series.values.findLastIndex((value) => value !== null), last);
  const move = (to: number) => {
    const wanted = Math.max(0, Math.min(last, to));
    const time = data[0][wanted];
    if (plot.current && time !== undefined)
      plot.current.setCursor({ left: plot.current.valToPos(time, 'x'), top: 20 });
    setIndex(wanted);
  };
  const readout = useReadout(first, series, shown, at);

  return (
    <figure className={styles.chart}>
      <div
        ref={ref}
        className={styles.plot}
        style={{ minBlockSize: height }}
        role="slider"
        tabIndex={0}
        aria-label={`${shown.label}. ${t('chart.keys')}`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={readout}
        onKeyDown={(event) => moveByKey(event, at, last, move)}
        onPointerMove={(event) => followFinger(event, plot.current)}
      />
      {markers.length > 0 && scale && onOpen && (
        <Rail key={scale.version} markers={markers} plot={scale.plot} first={first} series={series} shown={shown} onOpen={onOpen} />
      )}
      <div className={styles.foot}>
        <p className={`${styles.readout} figures`}>{readout}</p>
      </div>
      <Legend isLong={isLong} other={other?.shown.label} />
    </figure>
  );
}

function moveByKey(event: KeyboardEvent, at: number, last: number, move: (to: number) => void): void {
  const steps: Record<string, number> = {
    ArrowLeft: at - 1, ArrowRight: at + 1, ArrowDown: at - 1, ArrowUp: at + 1,
    PageUp: at - 7, PageDown: at + 7, Home: 0, End: last,
  };
  const to = steps[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  move(to);
}

/** uPlot follows a mouse by itself. */
function followFinger(event: PointerEvent, plot: uPlot | null): void {
  if (event.pointerType === 'mouse' || plot === null) return;
  plot.setCursor({ left: event.clientX - plot.over.getBoundingClientRect().left, top: 20 });
}

/** Axis figures need no more decimals than they have. */
function axisFigure(shown: Shown, value: number, number: (value: number, decimals: number) => string): string {
  if (shown.metric.unit === 'h') return number(value, Number.isInteger(value) ? 0 : 1);
  const digits = Number.isInteger(value) ? 0 : Math.min(2, (String(value).split('.')[1] ?? '').length);
  return number(value, digits);
}

function columns(
  first: string,
  { values, usual }: Series,
  shown: Shown,
  isLong: boolean,
  other: ChartProps['other'],
): uPlot.AlignedData {
  const convert = (column: (number | null)[] | undefined, by: Shown) =>
    values.map((_, index) => {
      const value = column?.[index];
      return value == null ? null : by.convert(value);
    });
  const converted = convert(values, shown);
  const made: (number | null)[][] = [
    convert(usual?.low, shown),
    convert(usual?.high, shown),
    convert(usual?.median, shown),
    converted,
    isLong ? weekMeans(converted) : converted.map(() => null),
  ];
  if (other) made[SERIES.other - 1] = convert(other.series.values, other.shown);
  const start = utcOf(first) / 1_000;
  return [values.map((_, index) => start + index * 86_400), ...made];
}

function useReadout(first: string, { values, usual }: Series, shown: Shown, at: number): string {
  const { t } = useTranslation();
  const formats = useFormats();
  const day = formats.day(addDays(first, Math.max(0, at)));
  const value = values[at];
  if (value == null) return t('chart.noValue', { day });
  const [low, high] = [usual?.low[at], usual?.high[at]];
  const told = { day, value: shown.value(value) };
  return low == null || high == null
    ? t('chart.readout', told)
    : t('chart.readoutUsual', { ...told, range: shown.range(low, high) });
}

