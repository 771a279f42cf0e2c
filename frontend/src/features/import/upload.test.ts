import { describe, expect, it } from 'vitest';
import { PART_BYTES, Refusal, send, type Arrived, type Server } from './upload';

/** Keeps what arrives; `trouble` says what goes wrong at which call. */
function serverOf(bytes: number, trouble: (call: number, part: Blob) => 'lost before' | 'lost after' | number | undefined) {
  let received = 0;
  let calls = 0;
  const parts: number[] = [];
  const state = (): Arrived => ({ received, status: received < bytes ? 'receiving' : 'reading' });
  const server: Server<Arrived> = {
    async put(start, part) {
      const what = trouble((calls += 1), part);
      if (typeof what === 'number') throw new Refusal(what, undefined);
      if (what === 'lost before') throw new TypeError('no network');
      if (start !== received) throw new Refusal(409, undefined);
      received += part.size;
      parts.push(part.size);
      if (what === 'lost after') throw new TypeError('no network');
      return state();
    },
    get: async () => state(),
    pause: async () => undefined,
    isWanted: () => true,
  };
  return { server, parts, received: () => received };
}

const begun: Arrived = { received: 0, status: 'receiving' };
const file = new Blob([new Uint8Array(2 * PART_BYTES + 5)]);

describe('send', () => {
  it('sends every byte once, in order', async () => {
    const { server, parts } = serverOf(file.size, () => undefined);
    const seen: number[] = [];
    expect((await send(file, begun, server, ({ received }) => seen.push(received))).status).toBe('reading');
    expect(parts).toEqual([PART_BYTES, PART_BYTES, 5]);
    expect(seen).toEqual([PART_BYTES, 2 * PART_BYTES, file.size]);
  });

  it('goes on where it was when the connection is lost, whether or not the part had arrived', async () => {
    for (const how of ['lost before', 'lost after'] as const) {
      const { server, received } = serverOf(file.size, (call) => (call === 2 ? how : undefined));
      const waits: boolean[] = [];
      await send(file, begun, server, (_, isWaiting) => waits.push(isWaiting));
      expect(received()).toBe(file.size);
      expect(waits).toContain(true);
    }
  });

  it('begins where another visit has ended', async () => {
    const { server, parts } = serverOf(file.size, () => undefined);
    await server.put(0, file.slice(0, 7));
    await send(file, { received: 7, status: 'receiving' }, server, () => undefined);
    expect(parts.reduce((sum, size) => sum + size, 0)).toBe(file.size);
  });

  it('makes the parts smaller where the server takes no large ones', async () => {
    const { server, parts } = serverOf(file.size, (_, part) => (part.size > 300_000 ? 413 : undefined));
    await send(file, begun, server, () => undefined);
    expect(Math.max(...parts)).toBe(250_000);
  });

  it('gives up where it is told that this will never do', async () => {
    const { server } = serverOf(file.size, () => 404);
    await expect(send(file, begun, server, () => undefined)).rejects.toBeInstanceOf(Refusal);
  });
});
