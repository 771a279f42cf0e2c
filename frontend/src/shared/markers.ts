/** Findings as marks on a chart. */
import type { Marker } from '@/shared/chart/rail';
import type { Finding } from './findings';

const RANK = { low: 1, medium: 2, high: 3 } as const;

export function markersOf(findings: readonly Finding[]): Marker[] {
  return findings.map((finding) => ({
    id: finding.id,
    date: finding.date,
    direction: finding.direction,
    isUnusual: finding.is_unusual,
    isClinical: finding.clinical !== null,
    isSeen: finding.is_acknowledged,
    rank: RANK[finding.severity] * 1_000 + finding.anomaly_score,
  }));
}
