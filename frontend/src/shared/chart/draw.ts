/** uPlot's options for one metric: band, median, line with its gaps, and the marks on it. */
import uPlot from 'uplot';
import type { Formats } from '@/shared/format/format';
import { dateOf } from '@/shared/format/format';
import type { Marker } from './rail';

export interface Tokens {
  accent: string;
  band: string;
  ink: string;
  soft: string;
  line: string;
  unusual: string;
  clinical: string;
  seen: string;
}

let read: Tokens | null = null;

/** Colours on canvas follow the tokens of the page: read once for all charts that are drawn together. */
export function tokensOf(element: Element): Tokens {
  if (read === null) {
    read = tokensNow(element);
    queueMicrotask(() => (read = null));
  }
  return read;
}

function tokensNow(element: Element): Tokens {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    accent: token('--accent'), band: token('--band'), ink: token('--ink'), soft: token('--ink-soft'),
    line: token('--line'), unusual: token('--unusual'), clinical: token('--clinical'), seen: token('--seen'),
  };
}

export interface Drawing {
  width: number;
  height: number;
  tokens: Tokens;
  formats: Formats;
  /** Whether daily values are many: then they are faint, and the mean of a week is the line. */
  isLong: boolean;
  hasOther: boolean;
  markersAt: ReadonlyMap<number, Marker>;
  /** Whether values are whole, and so the figures of the axis. */
  isWhole: boolean;
  figure(value: number): string;
  otherFigure?(value: number): string;
  onCursor(index: number | null): void;
  onScale(plot: uPlot): void;
  sync?: string;
}

/** In the order in which they are drawn: the value above its band. */
export const SERIES = { low: 1, high: 2, median: 3, value: 4, mean: 5, other: 6 } as const;
const WHOLE = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000];
const FONT = "12px 'Inter Variable', system-ui, sans-serif";

export function optionsOf(drawing: Drawing): uPlot.Options {
  const { tokens, formats, isLong, hasOther } = drawing;
  const grid = { stroke: tokens.line, width: 1 };
  const axis = { stroke: tokens.soft, font: FONT, ticks: { show: false }, gap: 6 };
  return {
    width: drawing.width,
    height: drawing.height,
    padding: [12, hasOther ? 0 : 12, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    cursor: {
      y: false,
      points: { size: 9, fill: tokens.accent, stroke: tokens.accent },
      drag: { x: true, y: false },
      sync: drawing.sync ? { key: drawing.sync } : undefined,
    },
    scales: { x: { time: true }, y: {}, other: {} },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 64,
        values: (_, splits) => splits.map((split) => formats.shortDay(dateOf(split * 1_000))),
      },
      { ...axis, grid, size: 52, space: 36, incrs: drawing.isWhole ? WHOLE : undefined, values: (_, splits) => splits.map(drawing.figure) },
      ...(hasOther
        ? [{ ...axis, scale: 'other', side: 1 as const, grid: { show: false }, size: 52, space: 36,
            values: (_: uPlot, splits: number[]) => splits.map(drawing.otherFigure ?? String) }]
        : []),
    ],
    series: [
      {},
      { stroke: 'transparent', width: 0, points: { show: false } },
      { stroke: 'transparent', width: 0, points: { show: false } },
      { stroke: tokens.soft, width: 1, dash: [4, 4], points: { show: false } },
      {
        stroke: isLong ? faint(tokens.accent) : tokens.accent,
        width: isLong ? 1 : 2,
        spanGaps: false,
        points: { show: !isLong, size: 4, fill: tokens.accent },
      },
      { show: isLong, stroke: tokens.accent, width: 2, points: { show: false } },
      ...(hasOther
        ? [{ scale: 'other', stroke: tokens.ink, width: 1.5, dash: [2, 3], points: { show: false } }]
        : []),
    ],
    bands: [{ series: [SERIES.high, SERIES.low], fill: tokens.band }],
    hooks: {
      draw: [(plot) => drawMarks(plot, drawing)],
      setCursor: [(plot) => drawing.onCursor(plot.cursor.idx ?? null)],
      setScale: [(plot) => drawing.onScale(plot)],
      ready: [(plot) => drawing.onScale(plot)],
      setSize: [(plot) => drawing.onScale(plot)],
    },
  };
}

function faint(color: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? `${color}66` : color;
}

/** Triangles up and down for what is unusual, diamonds for what is outside a clinical range. */
function drawMarks(plot: uPlot, { markersAt, tokens }: Drawing): void {
  const size = 6 * devicePixelRatio;
  for (const [index, marker] of markersAt) {
    const value = plot.data[SERIES.value]?.[index];
    const time = plot.data[0][index];
    if (value == null || time === undefined) continue;
    const x = plot.valToPos(time, 'x', true);
    if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
    const y = plot.valToPos(value, 'y', true);
    const color = marker.isSeen ? tokens.seen : marker.isClinical ? tokens.clinical : tokens.unusual;
    drawMark(plot.ctx, { x, y, size, color, marker });
  }
}

interface Mark {
  x: number;
  y: number;
  size: number;
  color: string;
  marker: Marker;
}

function drawMark(context: CanvasRenderingContext2D, { x, y, size, color, marker }: Mark): void {
  const tip = marker.direction === 'above' ? -size : size;
  context.save();
  context.fillStyle = color;
  context.beginPath();
  if (marker.isClinical) {
    for (const [dx, dy] of [[0, -size], [size, 0], [0, size], [-size, 0]] as const) context.lineTo(x + dx, y + dy);
  } else {
    context.moveTo(x, y + tip);
    context.lineTo(x - size, y - tip * 0.8);
    context.lineTo(x + size, y - tip * 0.8);
  }
  context.closePath();
  context.fill();
  context.restore();
}
