/** What a person says to a finding. The page shows it at once and takes it back if it fails. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client, type Schemas } from '@/shared/api/client';
import { newKey } from '@/shared/entries';
import type { Finding } from '@/shared/findings';

export type Feedback = Schemas['Feedback'];
type TagKind = Schemas['TagKind'];

/** Reasons to choose from: which tag each is, and whether its name is the tag's note. */
export const REASONS = {
  illness: 'illness',
  travel: 'travel',
  medication: 'medication',
  stress: 'stress',
  alcohol: 'other',
  vaccine: 'other',
  race: 'other',
  other: 'other',
} as const satisfies Record<string, TagKind>;

export type Reason = keyof typeof REASONS;

export interface Said {
  feedback: Feedback | null;
  /** With `had_reason`: the tag to put on the day. */
  reason?: { kind: TagKind; note: string | null };
}

const keyOf = (id: string) => ['get', '/api/anomalies/{anomaly_id}', { params: { path: { anomaly_id: id } } }];

/** Tags that answers of this visit made, by finding: what takes an answer back takes its tag too. */
const made = new Map<string, string>();

async function untag(id: string): Promise<void> {
  const tag = made.get(id);
  if (tag === undefined) return;
  made.delete(id);
  await client.DELETE('/api/tags/{tag_id}', { params: { path: { tag_id: tag } } });
}

export function useAnswer(finding: Finding) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ feedback, reason }: Said) => {
      if (reason) {
        const body = { ...reason, first: finding.date, last: finding.date };
        const tag = bodyOf(await client.POST('/api/tags', { body, params: { header: { 'idempotency-key': newKey() } } }));
        made.set(finding.id, tag.id);
      }
      if (feedback === null) await untag(finding.id);
      const params = { path: { anomaly_id: finding.id } };
      return bodyOf(await client.PUT('/api/anomalies/{anomaly_id}/feedback', { params, body: { feedback } }));
    },
    onMutate: ({ feedback }) => {
      queries.setQueryData(keyOf(finding.id), { ...finding, feedback, is_acknowledged: feedback !== null });
    },
    onError: () => queries.setQueryData(keyOf(finding.id), finding),
    onSettled: () => {
      for (const path of ['/api/anomalies', '/api/anomalies/{anomaly_id}', '/api/dashboard', '/api/episodes', '/api/tags'])
        void queries.invalidateQueries({ queryKey: ['get', path] });
    },
  });
}
