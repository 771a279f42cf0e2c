/** A month at a glance: the line with its gaps, over the usual range. Decoration beside the value. */
interface Props {
  values: (number | null)[];
  low?: number | null;
  high?: number | null;
  width?: number;
  height?: number;
  /** Says nothing of a last value outside: one that is still growing. */
  isOpen?: boolean;
}

const EDGE = 4;

export function Sparkline({ values, low, high, width = 112, height = 40, isOpen = false }: Props) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const least = Math.min(...known, low ?? Infinity);
  const most = Math.max(...known, high ?? -Infinity);
  const span = most - least || 1;
  const x = (index: number) => EDGE + (index / (values.length - 1)) * (width - 2 * EDGE);
  const y = (value: number) => height - EDGE - ((value - least) / span) * (height - 2 * EDGE);
  const last = values.findLastIndex((value) => value !== null);
  const end = values[last] ?? 0;
  const isOut = !isOpen && ((low != null && end < low) || (high != null && end > high));
  return (
    <svg aria-hidden focusable="false" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {low != null && high != null && (
        <rect x={0} width={width} y={y(high)} height={Math.max(1, y(low) - y(high))} rx={3} fill="var(--band)" />
      )}
      <path d={pathOf(values, x, y)} fill="none" stroke="var(--accent)" strokeWidth={1.75} strokeLinejoin="round" strokeLinecap="round" />
      <circle cx={x(last)} cy={y(end)} r={3.5} fill={isOut ? 'var(--unusual)' : 'var(--accent)'} stroke="var(--surface)" strokeWidth={1.5} />
    </svg>
  );
}

/** A path that breaks where a value is missing. */
export function pathOf(
  values: (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let drawing = false;
  values.forEach((value, index) => {
    if (value !== null) path += `${drawing ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    drawing = value !== null;
  });
  return path;
}
