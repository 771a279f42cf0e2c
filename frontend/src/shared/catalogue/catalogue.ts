/** The metric catalogue as the API tells it: no name, unit or range of a metric stands in the page. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/shared/api/client';
import { useFormats } from '@/shared/format/useFormats';
import { usePreferences } from '@/shared/session/preferences';
import { changeToShown, shownDecimals, shownUnit, toShown, toStored } from '@/shared/units/units';

export type Metric = Schemas['MetricOut'];
const A_DAY = 86_400_000;

export function useMetrics() {
  return api.useQuery('get', '/api/metrics', {}, { staleTime: A_DAY, select: (answer) => answer.metrics });
}

/** A metric with all that showing its values takes: its name, and figures in the chosen unit. */
export interface Shown {
  metric: Metric;
  label: string;
  /** The unit as it is written behind a figure; empty for a score. */
  unit: string;
  decimals: number;
  /** From the stored unit to the shown one, and back. */
  convert(value: number): number;
  restore(value: number): number;
  /** The figure alone. */
  figure(value: number): string;
  /** The figure with its unit. */
  value(value: number): string;
  range(low: number, high: number): string;
  change(difference: number): string;
}

/** Every metric by its key; empty until the catalogue is there. */
export function useCatalogue(): ReadonlyMap<string, Shown> {
  const { data } = useMetrics();
  const describe = useDescribe();
  return useMemo(() => new Map(data?.map((metric) => [metric.key, describe(metric)])), [data, describe]);
}

/** The metric that a tracker's column makes, whose unit and range its entries have. */
export function columnOf(
  catalogue: ReadonlyMap<string, Shown>,
  tracker: string,
  column: string,
): Shown | undefined {
  const made = [...catalogue.values()].filter(
    ({ metric: { source } }) =>
      source.kind === 'column' && source.tracker === tracker && source.column === column,
  );
  return made.find(({ metric }) => metric.loinc) ?? made[0];
}

function useDescribe(): (metric: Metric) => Shown {
  const { t, i18n } = useTranslation('units');
  const formats = useFormats();
  const { units } = usePreferences();
  return useMemo(
    () => (metric) => {
      const code = shownUnit(metric, units);
      const decimals = shownDecimals(metric.decimals, metric, code);
      const convert = (value: number) => toShown(value, metric, code);
      const isHours = code === 'h';
      const figure = (value: number) =>
        isHours ? formats.hours(value) : formats.number(convert(value), decimals);
      const unit = isHours ? '' : t(code as 'kg', { defaultValue: code });
      const joint = unit === '%' ? '\u202f' : '\u00a0';
      return {
        metric,
        label: i18n.exists(`metrics:${metric.key}`)
          ? i18n.t(`metrics:${metric.key}` as 'close')
          : metric.label,
        unit,
        decimals,
        convert,
        restore: (value) => toStored(value, metric, code),
        figure,
        value: (value) => (unit ? `${figure(value)}${joint}${unit}` : figure(value)),
        range: (low, high) => `${figure(low)}–${figure(high)}`,
        change: (difference) => {
          if (isHours) return `${difference < 0 ? '−' : '+'}${formats.hours(Math.abs(difference))}`;
          const told = formats.change(changeToShown(difference, metric, code), decimals);
          return unit ? `${told}${joint}${unit}` : told;
        },
      };
    },
    [formats, i18n, t, units],
  );
}
