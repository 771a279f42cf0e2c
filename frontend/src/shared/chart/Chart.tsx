import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
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
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [scale, setScale] = useState<{ plot: uPlot; version: number } | null>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const width = useRef(0);
  const hasRail = markers.length > 0 && onOpen !== undefined;
  const isLong = series.values.length > LONG;
  const data = useMemo(() => columns(first, series, shown, isLong, other), [first, series, shown, isLong, other]);
  const markersAt = useMemo(() => new Map(markers.map((marker) => [daysBetween(first, marker.date), marker])), [first, markers]);

  // All charts of a screen are measured before any is drawn: between drawings, each would lay out the page anew.
  useLayoutEffect(() => {
    width.current = holder.current?.clientWidth ?? 0;
  }, []);
  useEffect(() => {
    const box = holder.current;
    if (!box) return;
    const made = new uPlot(
      optionsOf({
        width: width.current, height, tokens: tokensOf(box), formats, isLong, markersAt, sync,
        hasOther: other !== undefined,
        isWhole: shown.decimals === 0,
        figure: (value) => axisFigure(shown, value, formats.number),
        otherFigure: other && ((value) => axisFigure(other.shown, value, formats.number)),
        onCursor: setIndex,
        onScale: (changed) => {
          if (hasRail) setScale((before) => ({ plot: changed, version: (before?.version ?? 0) + 1 }));
        },
      }),
      data,
      box,
    );
    plot.current = made;
    const following = followWidth(box, made, (now) => (width.current = now));
    return () => {
      plot.current = null;
      following.disconnect();
      made.destroy();
    };
  }, [height, formats, isLong, markersAt, data, other, shown, scheme, sync, hasRail]);

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
        ref={holder}
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
      {hasRail && scale && (
        <Rail key={scale.version} markers={markers} plot={scale.plot} first={first} series={series} shown={shown} onOpen={onOpen} />
      )}
      <div className={styles.foot}>
        <p className={`${styles.readout} figures`}>{readout}</p>
      </div>
      <Legend isLong={isLong} other={other?.shown.label} />
    </figure>
  );
}

/** The plot is as wide as its box, also when that changes. */
function followWidth(box: HTMLElement, plot: uPlot, onWidth: (width: number) => void): ResizeObserver {
  const observer = new ResizeObserver(() => {
    if (box.clientWidth === plot.width) return;
    plot.setSize({ width: box.clientWidth, height: plot.height });
    onWidth(box.clientWidth);
  });
  observer.observe(box);
  return observer;
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
  const days = values.length;
  const converted = inUnit(values, shown, days);
  const made = [
    inUnit(usual?.low, shown, days),
    inUnit(usual?.high, shown, days),
    inUnit(usual?.median, shown, days),
    converted,
    isLong ? weekMeans(converted) : inUnit(undefined, shown, days),
  ];
  if (other) made[SERIES.other - 1] = inUnit(other.series.values, other.shown, days);
  const start = utcOf(first) / 1_000;
  return [values.map((_, index) => start + index * 86_400), ...made];
}

/** A column in the reader's unit; as many nulls where there is none. */
function inUnit(column: (number | null)[] | undefined, shown: Shown, days: number): (number | null)[] {
  if (column === undefined) return Array<null>(days).fill(null);
  return column.map((value) => (value === null ? null : shown.convert(value)));
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

