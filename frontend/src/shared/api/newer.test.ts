import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { putNewer } from './newer';

it('is not undone by an answer that was asked for before it', async () => {
  const queries = new QueryClient();
  const queryKey = ['get', '/api/imports/{import_id}', 1];
  let answer: (status: string) => void = () => undefined;
  const slow = queries.fetchQuery({ queryKey, queryFn: () => new Promise<string>((resolve) => (answer = resolve)) }).catch(() => undefined);
  putNewer(queries, queryKey, 'reading');
  answer('receiving');
  await slow;
  expect(queries.getQueryData(queryKey)).toBe('reading');
});
