/** Kinds of readings: what was measured during a day, finer than entries keep it. */
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/shared/api/client';
import type { paths } from '@/shared/api/schema';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import type { Asked } from './readings';

export type Kind = paths['/api/readings/day']['get']['parameters']['query']['kind'];
export type ReadingDay = Schemas['ReadingDay'];
export type Sources = Schemas['SourcesOut'];

/** The metric that a kind becomes, by any name that the catalogue has for it. */
export function metricOf(catalogue: ReadonlyMap<string, Shown>, kind: string): Shown | undefined {
  const all = [...catalogue.values()];
  const isOf = ({ metric: { aliases, source } }: Shown) => aliases.includes(kind) || (source.kind === 'column' && source.column === kind);
  return catalogue.get(kind) ?? all.find(isOf) ?? all.find(({ metric }) => metric.family === kind);
}

/** What a kind is called, and its figures, in the person's units where it is a metric's. */
export function useKind(): (kind: string, unit: string) => { label: string; figure(value: number): string; unit: string } {
  const { t, i18n } = useTranslation(['bring', 'units']);
  const formats = useFormats();
  const catalogue = useCatalogue();
  return (kind, stored) => {
    const shown = metricOf(catalogue, kind);
    const own = i18n.exists(`bring:kinds.${kind}`);
    const label = own ? t(`bring:kinds.${kind}` as 'bring:kinds.steps') : (shown?.label ?? kind);
    if (shown?.metric.unit === stored) return { label, figure: shown.figure, unit: shown.unit };
    const unit = t(`units:${stored}` as 'units:kg', { defaultValue: stored.replace(/[{}[\]]/g, '') });
    return { label, figure: (value) => formats.number(value, Number.isInteger(value) ? 0 : 1), unit };
  };
}

/** The person's sources in their order, and what they measure. */
export const useSources = () => api.useQuery('get', '/api/readings/sources');

export function useReadingDay(kind: string, day: string) {
  return api.useQuery('get', '/api/readings/day', { params: { query: { kind: kind as Kind, day } } });
}

/** Of the kinds that there are readings of, those that become what is asked for. */
export function kindsBehind(catalogue: ReadonlyMap<string, Shown>, kinds: Sources['kinds'], { tracker, columns }: Asked): string[] {
  return kinds.flatMap(({ kind }) => {
    const source = metricOf(catalogue, kind)?.metric.source;
    const isIt = source?.kind === 'column' && source.tracker === tracker && (columns.length === 0 || columns.includes(source.column));
    return isIt ? [kind] : [];
  });
}
