import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Handler = (event: Record<string, unknown>) => void;
interface Shown {
  title: string;
  options: { body: string; tag: string; data: { path: string } };
}

/** The service worker with a made-up world around it. */
function worker(languages: string[], windows: { focus(): Promise<unknown> }[] = []) {
  const read = (language: string) => JSON.parse(readFileSync(new URL(`../messages/${language}/push.json`, import.meta.url), 'utf8')) as unknown;
  const source = readFileSync(new URL('./sw.js', import.meta.url), 'utf8')
    .replace('self.__FILES__', '[]')
    .replace('self.__TEXTS__', JSON.stringify({ en: read('en'), de: read('de') }));
  const handlers: Record<string, Handler> = {};
  const shown: Shown[] = [];
  const opened: string[] = [];
  const self = {
    navigator: { languages },
    addEventListener: (name: string, handler: Handler) => (handlers[name] = handler),
    registration: { showNotification: (title: string, options: Shown['options']) => Promise.resolve(shown.push({ title, options })) },
    clients: { matchAll: () => Promise.resolve(windows), openWindow: (path: string) => Promise.resolve(opened.push(path)) },
  };
  new Function('self', source)(self);
  const send = async (name: string, event: object) => {
    const waits: Promise<unknown>[] = [];
    handlers[name]?.({ ...event, waitUntil: (promise: Promise<unknown>) => waits.push(promise) });
    await Promise.all(waits);
  };
  return { send, shown, opened };
}

const push = (told: unknown) => ({ data: { json: () => told } });

describe('a push', () => {
  it('is told in the language of the browser, and never says what was found', async () => {
    const { send, shown } = worker(['de-AT', 'en']);
    await send('push', push({ kind: 'findings', count: 2 }));
    await send('push', push({ kind: 'findings', count: 1 }));
    await send('push', push({ kind: 'test' }));
    expect(shown.map(({ options: { body } }) => body)).toEqual([
      '2 neue Befunde. Öffne VitalIQ, um sie zu sehen.',
      '1 neuer Befund. Öffne VitalIQ, um ihn zu sehen.',
      'Ein Test: Nachrichten kommen hier an.',
    ]);
  });

  it('is shown whatever it holds, as the browser demands', async () => {
    const { send, shown } = worker(['fr']);
    await send('push', { data: { json: () => JSON.parse('{') as unknown } });
    await send('push', { data: null });
    expect(shown.map(({ options }) => options.body)).toEqual(Array(2).fill('1 new finding. Open VitalIQ to see it.'));
  });
});

describe('a click on a notification', () => {
  const clicked = (path: string) => {
    const state = { closed: false };
    return { state, notification: { close: () => (state.closed = true), data: { path } } };
  };

  it('opens the findings', async () => {
    const { send, opened } = worker(['en']);
    const { state, notification } = clicked('/review');
    await send('notificationclick', { notification });
    expect([state.closed, opened]).toEqual([true, ['/review']]);
  });

  it('leads a page that is open there', async () => {
    const went: string[] = [];
    const page = { navigate: (path: string) => Promise.resolve(went.push(path)) };
    const { send, opened } = worker(['en'], [{ focus: () => Promise.resolve(page) }]);
    await send('notificationclick', { notification: clicked('/review').notification });
    expect([went, opened]).toEqual([['/review'], []]);
  });
});
