import { describe, expect, it } from 'vitest';
import { resultOf } from './result';

describe('resultOf', () => {
  it('adds up what was stored and keeps what was not', () => {
    const rejected = [{ line: 3, column: 'weight', reason: 'is no number' }];
    const told = { stored: { body: 2, sleep: 3 }, days: 3, already_there: 1, rejected, rejected_rows: 1, ignored: { mood: 'x' }, found: 0 };
    expect(resultOf(told)).toEqual({ stored: 5, days: 3, alreadyThere: 1, rejected, rejectedRows: 1, ignored: ['mood'], found: 0 });
  });

  it('does not claim to have looked where an export was brought back', () => {
    expect(resultOf({ stored: { body: 2 } })).toMatchObject({ stored: 2, found: undefined, rejectedRows: 0 });
    expect(resultOf(null).stored).toBe(0);
  });
});
