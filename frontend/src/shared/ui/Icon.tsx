/** The page's own icons: 24 by 24, drawn with lines. */
const PATHS = {
  today: 'M4 11.5 12 4l8 7.5M6 10v9.5h4.5V14h3v5.5H18V10',
  trends: 'M4 4v16h16M7.5 14.5l3.5-5 3.5 3 5-7',
  log: 'M12 5v14M5 12h14',
  review: 'M4 6h16M4 12h10M4 18h7M17 19.5l-3-3m3 3 4-5',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  glucose: 'M12 3.5c3.5 4.3 6 7 6 10.3a6 6 0 0 1-12 0c0-3.3 2.5-6 6-10.3Z',
  heart: 'M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.3 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10Z',
  sleep: 'M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5Z',
  exercise: 'M4 9.5v5M7 7v10M17 7v10M20 9.5v5M7 12h10',
  food: 'M7 4v6.5a2 2 0 0 0 2 2V20M11 4v6.5a2 2 0 0 1-2 2M9 4v5M16.5 20v-7M16.5 13c-1.7 0-2.5-2-2.5-4.5S15 4 16.5 4v9Z',
  body: 'M5 5h14v14H5zM8.5 9a5 5 0 0 1 7 0l-2.5 2.5',
  chronic: 'M9 4h6v4H9zM7 8h10v12H7zM12 11v5M9.5 13.5h5',
  calendar: 'M5 6h14v14H5zM5 10.5h14M9 4v4M15 4v4',
  import: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M7 14.5v5',
  report: 'M7 4h7l4 4v12H7zM14 4v4h4M9.5 12.5h6M9.5 16h6',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  forward: 'M9.5 5.5 16 12l-6.5 6.5',
  up: 'M12 5 4 19h16Z',
  down: 'M12 19 4 5h16Z',
  check: 'M5 12.5 10 17.5 19.5 7',
  offline: 'M4 4l16 16M8.5 15.5a5 5 0 0 1 5-1.2M5.5 12a9 9 0 0 1 4-2.3M3 8.5a13 13 0 0 1 3.5-2.2M11 5.3a13 13 0 0 1 10 3.2M15 9.5a9 9 0 0 1 3.5 2.5M12 19h.01',
  table: 'M4 5.5h16v13H4zM4 10h16M4 14.3h16M10 5.5v13',
  bell: 'M6.5 16V11a5.5 5.5 0 0 1 11 0v5l1.5 2H5l1.5-2ZM10.5 20.5h3',
  shield: 'M12 3.5 19 6v6c0 4.5-3 7.3-7 8.5-4-1.2-7-4-7-8.5V6l7-2.5Z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.5 3.8-5 7.5-5s6.7 1.5 7.5 5',
  key: 'M14.5 13.5a4.5 4.5 0 1 0-4-4L4 16v4h4v-2.5h2.5V15l2-2M16 8h.01',
  ruler: 'M3.5 15.5 15.5 3.5l5 5-12 12-5-5ZM7 12l2 2M10 9l2 2M13 6l2 2',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10 11v5M14 11v5',
  sparkle: 'M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8L12 4ZM19 16v4M17 18h4',
  tag: 'M4 4h7.5l8.5 8.5-7.5 7.5L4 11.5V4ZM8 8h.01',
  edit: 'M4 20h4L19.5 8.5l-4-4L4 16v4ZM13 7l4 4',
  undo: 'M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H9',
  info: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 11v5M12 8h.01',
} as const;

export type IconName = keyof typeof PATHS;

interface Props {
  name: IconName;
  size?: number;
  filled?: boolean;
}

/** They point along the text, and turn with it. */
const TURNING: readonly IconName[] = ['back', 'forward'];

/** Decoration only: what it stands for is said beside it. */
export function Icon({ name, size = 22, filled = false }: Props) {
  return (
    <svg
      aria-hidden
      focusable="false"
      data-turns={TURNING.includes(name) || undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
