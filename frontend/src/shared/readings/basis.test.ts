import { describe, expect, it } from 'vitest';
import { basisOf, readingsBehind } from './basis';

const column = (tracker: string, name: string) => ({ metric: { source: { kind: 'column' as const, tracker, column: name, aggregation: 'mean' as const, where: {}, codes: {} } } });
const formula = (...inputs: [string, number][]) => ({ metric: { source: { kind: 'formula' as const, inputs: inputs.map(([key, days_earlier]) => ({ key, days_earlier })) } } });
const METRICS = new Map<string, ReturnType<typeof column> | ReturnType<typeof formula>>([
  ['weight', column('body', 'weight_kg')],
  ['height', column('body', 'height_cm')],
  ['pulse', column('vitals', 'resting_heart_rate')],
  ['change', formula(['weight', 0], ['weight', 7])],
  ['index', formula(['weight', 0], ['height', 0], ['pulse', 0])],
  ['circle', formula(['index', 1])],
]);

describe('what a metric rests on', () => {
  it('is a column, or those of the first tracker of a formula', () => {
    expect(basisOf(METRICS, 'pulse')).toEqual({ tracker: 'vitals', columns: ['resting_heart_rate'], earlier: 0 });
    expect(basisOf(METRICS, 'circle')).toEqual({ tracker: 'body', columns: ['weight_kg', 'height_cm'], earlier: 1 });
    expect(basisOf(METRICS, 'nothing')).toBeUndefined();
  });

  it('reaches back as far as the formula does', () => {
    expect(readingsBehind(METRICS, 'change', '2026-03-12')).toBe('body.2026-03-05.2026-03-12.weight_kg');
    expect(readingsBehind(METRICS, 'pulse', '2026-02-01', '2026-03-11')).toBe('vitals.2026-02-01.2026-03-11.resting_heart_rate');
  });
});
