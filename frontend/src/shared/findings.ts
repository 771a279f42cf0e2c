/** Findings: the two facts that each one says, and asking for them. */
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/shared/api/client';
import type { Shown } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';

export type Finding = Schemas['AnomalyOut'];

/** What a sentence about a finding needs: rows of several answers have it. */
export type Told = Pick<
  Finding,
  'metric_name' | 'metric_value' | 'date' | 'direction' | 'is_unusual' | 'clinical'
> & { usual_low?: number | null; usual_high?: number | null };

export function useFinding(id: string | undefined) {
  return api.useQuery(
    'get',
    '/api/anomalies/{anomaly_id}',
    { params: { path: { anomaly_id: id ?? '' } } },
    { enabled: id !== undefined },
  );
}

/** Findings of some days, for one metric or all; the newest first, at most 200. */
export function useFindings(query: { metric?: string; from?: string; to?: string; acknowledged?: boolean }) {
  return api.useQuery('get', '/api/anomalies', { params: { query: { ...query, limit: 200 } } });
}

/** One plain sentence in the reader's language and units. */
export function useSentence(): (finding: Told, shown: Shown | undefined) => string {
  const { t } = useTranslation('findings');
  const formats = useFormats();
  return (finding, shown) => {
    const label = shown?.label ?? finding.metric_name;
    const value = shown?.value(finding.metric_value) ?? formats.number(finding.metric_value, 1);
    const { usual_low: low, usual_high: high } = finding;
    const range = low != null && high != null && shown ? shown.range(low, high) : undefined;
    if (!finding.is_unusual && finding.clinical) return t('clinical', { label, value });
    const key = finding.direction === 'above' ? 'above' : 'below';
    return range ? t(key, { label, value, range }) : t(`${key}Plain`, { label, value });
  };
}
