/** What kinds of readings and units are called. */
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { metricOf } from '@/shared/readings/kinds';

export function useNames() {
  const { t, i18n } = useTranslation(['bring', 'units']);
  const formats = useFormats();
  const catalogue = useCatalogue();
  const kind = (key: string) => {
    const own = i18n.exists(`bring:kinds.${key}`);
    return own ? t(`bring:kinds.${key}` as 'bring:kinds.steps') : (metricOf(catalogue, key)?.label ?? key);
  };
  const unit = (code: string) => t(`units:${code}` as 'units:kg', { defaultValue: code });
  const figure = (value: number) => formats.number(value, Number.isInteger(value) ? 0 : 1);
  /** In the person's own unit where the kind is a metric's, and which that is. */
  const range = (key: string, storedUnit: string, low: number, high: number) => {
    const shown = metricOf(catalogue, key);
    const isSame = shown?.metric.unit === storedUnit;
    const figures = isSame ? [shown.figure(low), shown.figure(high)] : [figure(low), figure(high)];
    const name = isSame ? shown.unit : unit(storedUnit);
    return { range: `${[...new Set(figures)].join('–')} ${name}`.trim(), unit: name };
  };
  return { kind, unit, figure, range };
}
