/** The page's own charts, drawn when asked to: `python -m benchmarks.page` measures that. */
import '@/app/mantine.css';
import '@/app/theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { theme } from '@/app/theme';
import type { Series } from '@/shared/api/series';
import { queries } from '@/shared/api/store';
import type { Shown } from '@/shared/catalogue/catalogue';
import { Chart } from '@/shared/chart/Chart';
import { startLanguage } from '@/shared/i18n';

declare global {
  interface Window {
    /** Makes up so many charts' days. */
    invent?: (charts: number, days: number) => void;
    /** Draws them, and resolves once they are painted. */
    draw?: () => Promise<number>;
  }
}

const plain = (value: number) => value.toFixed(1);
const shown = {
  metric: { key: 'invented', label: '', unit: 'kg', decimals: 1 },
  label: '', unit: 'kg', decimals: 1,
  convert: (value: number) => value,
  restore: (value: number) => value,
  figure: plain, value: plain, change: plain,
  range: (low: number, high: number) => `${plain(low)}–${plain(high)}`,
} as unknown as Shown;

/** A wave with noise and gaps, the same each time. */
function invented(days: number, which: number): Series {
  const at = (day: number) => 70 + which + 3 * Math.sin(day / 20) + ((day * 7919 + which * 104729) % 100) / 50;
  const values = Array.from({ length: days }, (_, day) => (day % 17 === 3 ? null : at(day)));
  const around = (by: number) => Array.from({ length: days }, (_, day) => at(day - (day % 10)) + by);
  return { key: 'invented', unit: 'kg', decimals: 1, values, usual: { low: around(-1.5), median: around(0), high: around(1.5) } };
}

const painted = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));

// A door asks for no profile.
history.replaceState(null, '', '/sign-in');
await startLanguage('en');
const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
const root = createRoot(place);
let all: Series[] = [];
window.invent = (charts, days) => {
  all = Array.from({ length: charts }, (_, which) => invented(days, which));
};
window.draw = async () => {
  root.render(
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme}>
        {all.map((series, which) => (
          <Chart key={which} first="2016-01-01" series={series} shown={shown} height={160} />
        ))}
      </MantineProvider>
    </QueryClientProvider>,
  );
  while (document.querySelectorAll('canvas').length < all.length) await painted();
  await painted();
  return document.querySelectorAll('canvas').length;
};
