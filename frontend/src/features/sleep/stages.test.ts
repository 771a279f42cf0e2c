import { describe, expect, it } from 'vitest';
import type { Readings } from './api';
import { stagesOf } from './stages';

const HOUR = 3_600_000;
function readings(kind: string, ...rows: [source: string, from: number, to: number][]): Readings {
  const sources = [...new Set(rows.map(([source]) => source))];
  return {
    kind, unit: 'min', series: sources.map((source) => ({ source, unit: 'min' })), of: rows.map(([source]) => sources.indexOf(source)),
    at: rows.map(([, from]) => from * HOUR), until: rows.map(([, , to]) => to * HOUR), value: rows.map(() => 0), original: rows.map(() => null), censor: rows.map(() => 0), next: null,
  };
}

describe('the stages of a night', () => {
  it('are those of the source that goes first, in order, within the night', () => {
    const told = stagesOf(
      [readings('sleep_deep', ['Watch', 2, 3], ['Ring', 2, 4]), readings('sleep_rem', ['Watch', 0, 1], ['Watch', 9, 12]), readings('sleep_light', ['Watch', 1, 2])],
      0, 10 * HOUR, ['Watch', 'Ring'],
    );
    expect(told?.source).toBe('Watch');
    expect(told?.others).toEqual(['Ring']);
    expect(told?.stretches.map(({ lane, from, to }) => [lane, from / HOUR, to / HOUR])).toEqual([
      ['rem', 0, 1], ['light', 1, 2], ['deep', 2, 3], ['rem', 9, 10],
    ]);
  });

  it('are none where only sleep was told, or nothing of this night', () => {
    expect(stagesOf([readings('sleep_asleep', ['Watch', 0, 8])], 0, 8 * HOUR, [])).toBeUndefined();
    expect(stagesOf([readings('sleep_deep', ['Watch', 20, 21])], 0, 8 * HOUR, [])).toBeUndefined();
  });
});
