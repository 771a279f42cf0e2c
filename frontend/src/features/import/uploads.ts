/** Uploads go on while the person looks at other screens: they belong to no component. */
import { useSyncExternalStore } from 'react';
import { bodyOf, client } from '@/shared/api/client';
import type { Import } from './api';
import { Refusal, send, type Server } from './upload';

export interface Upload {
  /** How much has arrived, from 0 to 1. */
  share: number;
  /** For the connection to come back. */
  isWaiting: boolean;
  error?: unknown;
}

const running = new Map<string, Upload>();
const stopped = new Set<string>();
const listeners = new Set<() => void>();
const LONGEST_PAUSE = 30_000;

function set(id: string, upload: Upload | undefined): void {
  if (upload) running.set(id, upload);
  else running.delete(id);
  listeners.forEach((tell) => tell());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Undefined where this page is not sending it. */
export function useUpload(id: string): Upload | undefined {
  return useSyncExternalStore(subscribe, () => running.get(id));
}

export function stopUpload(id: string): void {
  stopped.add(id);
  set(id, undefined);
}

/** Sends the file; `onState` hears of each part that has arrived. */
export async function upload(file: File, begun: Import, onState: (state: Import) => void): Promise<void> {
  const { id } = begun;
  stopped.delete(id);
  const tell = (state: Import, isWaiting: boolean) => {
    if (stopped.has(id)) return;
    set(id, { share: state.received / state.bytes, isWaiting });
    if (!isWaiting) onState(state);
  };
  tell(begun, false);
  try {
    onState(await send(file, begun, serverOf(id), tell));
    set(id, undefined);
  } catch (error) {
    if (!stopped.has(id)) set(id, { share: 0, isWaiting: false, error: error instanceof Refusal ? error.problem : error });
  }
}

function serverOf(id: string): Server<Import> {
  const path = { import_id: id };
  return {
    isWanted: () => !stopped.has(id),
    put: (start, part) =>
      answered(
        client.PUT('/api/imports/{import_id}/content', {
          params: { path, query: { start } },
          body: part as unknown as string,
          bodySerializer: (bytes) => bytes,
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
      ),
    get: () => answered(client.GET('/api/imports/{import_id}', { params: { path } })),
    pause: (attempt) => pause(Math.min(LONGEST_PAUSE, 1_000 * 2 ** attempt)),
  };
}

async function answered(call: Promise<{ data?: Import; error?: unknown; response: Response }>): Promise<Import> {
  const answer = await call;
  if (!answer.response.ok) throw new Refusal(answer.response.status, answer.error);
  return bodyOf(answer);
}

/** For so long, or until there is a network again. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    addEventListener('online', go);
  });
}
