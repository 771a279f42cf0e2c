import { expect, it } from 'vitest';
import { eventsIn } from './events';

it('reads events however they are cut, and skips what only keeps the line open', async () => {
  const bytes = new TextEncoder().encode('event: import\ndata: {"name":"Größe"}\n\n: still at it\n\ndata: 2\n\ndata: cut');
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 3) controller.enqueue(bytes.slice(at, at + 3));
      controller.close();
    },
  });
  const told: string[] = [];
  for await (const one of eventsIn(stream)) told.push(one);
  expect(told).toEqual(['{"name":"Größe"}', '2']);
});
