/** Imports: files that a worker reads, and what came of them. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, bodyOf, client, type Schemas } from '@/shared/api/client';
import { putNewer } from '@/shared/api/newer';
import { newKey, refresh } from '@/shared/entries';
import { stopUpload, upload } from './uploads';

export type Import = Schemas['ImportOut'];
export type Preview = Schemas['PreviewOut'];
export type ImportOptions = Schemas['ImportOptions'];
export type Job = Schemas['JobOut'];
export type StillHeld = Schemas['HeldReadingsOut'];
export type Batch = Schemas['BatchOut'];

export interface Options {
  zeroIsUnknown: boolean;
  skipRejected: boolean;
}

const keyed = () => ({ header: { 'idempotency-key': newKey() } });
const pathOf = (id: string) => ({ path: { import_id: id } });

/** Keeps what the server answered with, so that nothing is asked twice. */
export function useKept() {
  const queries = useQueryClient();
  return (one: Import) => {
    putNewer(queries, api.queryOptions('get', '/api/imports/{import_id}', { params: pathOf(one.id) }).queryKey, one);
    const isOneOfManyParts = one.status === 'receiving' && one.received > 0;
    if (!isOneOfManyParts) void queries.invalidateQueries({ queryKey: ['get', '/api/imports'] });
    return one;
  };
}

/** What a column of a table of days may be called, in small letters; none where there is no answer. */
export function useColumnNames() {
  const queries = useQueryClient();
  return async (): Promise<ReadonlySet<string>> => {
    const told = await queries.ensureQueryData(api.queryOptions('get', '/api/metrics', {})).catch(() => undefined);
    return new Set(told?.metrics.flatMap(({ key, aliases }) => [key, ...aliases]).map((name) => name.toLowerCase()));
  };
}

/** Announces a file and begins to send it. */
export function useBegin() {
  const keep = useKept();
  return useMutation({
    mutationFn: async (file: File) => {
      const body = { name: file.name, bytes: file.size, options: {} };
      const begun = bodyOf(await client.POST('/api/imports', { body, params: keyed() }));
      void upload(file, begun, keep);
      return keep(begun);
    },
  });
}

/** Has the file read with what the person answered. */
export function useReadAnew(id: string) {
  const keep = useKept();
  return useMutation({
    mutationFn: async (body: ImportOptions) =>
      keep(bodyOf(await client.POST('/api/imports/{import_id}/read', { body, params: { ...pathOf(id), ...keyed() } }))),
  });
}

export function useCommit(id: string) {
  const keep = useKept();
  return useMutation({
    mutationFn: async (answers: Record<string, string>) =>
      keep(bodyOf(await client.POST('/api/imports/{import_id}/commit', { body: { answers }, params: { ...pathOf(id), ...keyed() } }))),
  });
}

export function useCancel(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      stopUpload(id);
      bodyOf(await client.DELETE('/api/imports/{import_id}', { params: pathOf(id) }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/imports'] }),
  });
}

const OPEN = ['receiving', 'reading', 'ready', 'committing'];

/** Those that wait for more of their file, for a worker, or for the person's word. */
export function useOpenImports() {
  return api.useQuery('get', '/api/imports', {}, { staleTime: 0, select: ({ items }) => items.filter(({ status }) => OPEN.includes(status)) });
}

const EVERY = 1_000;
export const isOver = ({ status }: Job) => status === 'done' || status === 'failed';

/** Asked for again until it is over, when all that is worked out of entries is asked for too. */
export function useJob(id: string) {
  const queries = useQueryClient();
  const wasOpen = useRef(false);
  const job = api.useQuery('get', '/api/jobs/{job_id}', { params: { path: { job_id: id } } }, {
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : EVERY),
  });
  const ended = job.data && isOver(job.data);
  useEffect(() => {
    if (ended === false) wasOpen.current = true;
    if (ended && wasOpen.current) {
      wasOpen.current = false;
      void refresh(queries);
    }
  }, [ended, queries]);
  return job;
}

/** A table of days as text. */
export function useTable() {
  return useMutation({
    mutationFn: async ({ file, options }: { file: File; options: Options }) => {
      const body = { table: await file.text(), label: file.name, zero_is_unknown: options.zeroIsUnknown, skip_rejected: options.skipRejected };
      return bodyOf(await client.POST('/api/jobs/import/days', { body, params: { header: { 'idempotency-key': newKey() } } }));
    },
  });
}

/** An export of VitalIQ. `fetch` tells nothing of how far it is, so this is an older way. */
export function useArchive() {
  const [sent, setSent] = useState(0);
  const mutation = useMutation({
    mutationFn: (file: File) =>
      new Promise<Job>((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('POST', '/api/jobs/import/vitaliq');
        request.setRequestHeader('Content-Type', 'application/zip');
        request.setRequestHeader('X-VitalIQ-Page', '1');
        request.responseType = 'json';
        request.upload.onprogress = ({ loaded, total }) => setSent(loaded / total);
        request.onload = () => (request.status === 202 ? resolve(request.response as Job) : reject(request.response));
        request.onerror = () => reject(new Error('no answer'));
        request.send(file);
      }),
  });
  return { ...mutation, sent };
}

/** What was imported earlier, the newest first. */
export function useImported() {
  return api.useQuery('get', '/api/batches', {}, { select: ({ items }) => items.filter(({ kind }) => kind === 'imported') });
}

/** Takes back everything that came with one file. */
export function useTakeBack() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => void bodyOf(await client.DELETE('/api/batches/{batch_id}', { params: { path: { batch_id: id } } })),
    onSuccess: () => refresh(queries),
  });
}

/** Readings of stored files that are held back, or were. */
export function useHeld() {
  return api.useQuery('get', '/api/readings/held', {}, { staleTime: 0, select: ({ items }) => items });
}

/** Answers for readings that are held back; without an answer they wait again. */
export function useAnswerHeld() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, answer }: { id: string; answer?: string }) => {
      const params = { path: { held_id: id } };
      if (answer === undefined) return bodyOf(await client.DELETE('/api/readings/held/{held_id}/answer', { params }));
      return bodyOf(await client.PUT('/api/readings/held/{held_id}/answer', { body: { answer }, params }));
    },
    onSuccess: () => refresh(queries),
  });
}

/** What was answered about tables of the same header. */
export function useTemplates() {
  return api.useQuery('get', '/api/imports/templates', {}, { staleTime: 0, select: ({ items }) => items });
}

export function useForgetTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => void bodyOf(await client.DELETE('/api/imports/templates/{template_id}', { params: { path: { template_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/imports/templates'] }),
  });
}
