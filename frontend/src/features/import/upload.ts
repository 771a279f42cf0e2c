/** Sends a file in parts, and goes on after an interruption at what has arrived. */
export interface Arrived {
  received: number;
  status: string;
}

/** What of the server it takes; a part that is refused throws a `Refusal`, no answer anything else. */
export interface Server<State extends Arrived> {
  put(start: number, part: Blob): Promise<State>;
  get(): Promise<State>;
  /** Until it is worth trying again. */
  pause(attempt: number): Promise<void>;
  isWanted(): boolean;
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: unknown,
  ) {
    super(String(status));
  }
}

export const PART_BYTES = 1_000_000;
const LEAST_PART_BYTES = 1_000;
const isPassing = (error: unknown) => !(error instanceof Refusal) || error.status >= 500 || error.status === 429;

/** Resolves with the last state: all has arrived, or the file is no longer waited for. */
export async function send<State extends Arrived>(file: Blob, from: State, server: Server<State>, onState: (state: State, isWaiting: boolean) => void): Promise<State> {
  let state = from;
  let size = PART_BYTES;
  let attempt = 0;
  while (state.status === 'receiving' && server.isWanted()) {
    const start = state.received;
    try {
      state = await server.put(start, file.slice(start, start + size));
      attempt = 0;
      onState(state, false);
    } catch (error) {
      const isTooLarge = error instanceof Refusal && error.status === 413 && size > LEAST_PART_BYTES;
      const isOutOfStep = error instanceof Refusal && error.status === 409 && attempt === 0;
      if (isTooLarge) {
        size = Math.max(LEAST_PART_BYTES, Math.floor(size / 2));
        continue;
      }
      if (!isOutOfStep && !isPassing(error)) throw error;
      onState(state, true);
      await server.pause(attempt);
      attempt += 1;
      state = await server.get().catch((failure: unknown) => {
        if (isPassing(failure)) return state;
        throw failure;
      });
    }
  }
  return state;
}
