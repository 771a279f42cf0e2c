import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { edgeOf, MARKS, piecesOf, templateOf, type Clause } from './explanation';

const clause = (changes: Partial<Clause> = {}): Clause => ({
  kind: 'outside', metric: 'sleep_hours', direction: 'below', is_at_edge: false, value: 4.07, usual_low: 6.44,
  usual_high: 8.31, baseline: 7.43, history_days: 28, guideline: null, ...changes,
});

type Tree = { [key: string]: string | Tree };
function leaves(tree: Tree): string[] {
  return Object.values(tree).flatMap((value) => (typeof value === 'string' ? [value] : leaves(value)));
}

describe('an explanation', () => {
  it('is told by the message of its kind and side', () => {
    expect(templateOf(clause())).toBe('outside.below');
    expect(templateOf(clause({ is_at_edge: true }))).toBe('outside.justBelow');
    expect(templateOf(clause({ usual_low: null, usual_high: null }))).toBe('middle.below');
    expect(templateOf(clause({ kind: 'limit', direction: null }))).toBe('limit.beyond');
    expect(templateOf(clause({ kind: 'within', direction: null }))).toBe('within');
    expect([edgeOf(clause()), edgeOf(clause({ direction: 'above' })), edgeOf(clause({ direction: null }))]).toEqual([6.44, 8.31, null]);
  });

  it('is cut so that each figure leads to what it came from', () => {
    const marked = `${MARKS.label} on ${MARKS.day}: ${MARKS.value}, below ${MARKS.usual}${MARKS.days}.`;
    const places = { label: 'Sleep', day: '12 March', value: '4:04', usual: '6:26–8:19', days: ' (28 earlier days)' };
    const pieces = piecesOf(marked, places, 'sleep_hours');
    expect(pieces.map(({ text }) => text).join('')).toBe('Sleep on 12 March: 4:04, below 6:26–8:19 (28 earlier days).');
    expect(pieces.filter(({ kind }) => kind === 'figure')).toEqual([
      { kind: 'figure', text: '4:04', of: 'day', metric: 'sleep_hours' },
      { kind: 'figure', text: '6:26–8:19', of: 'before', metric: 'sleep_hours' },
      { kind: 'figure', text: '(28 earlier days)', of: 'before', metric: 'sleep_hours' },
    ]);
  });

  it('leaves no gap for what is not known', () => {
    const pieces = piecesOf(`above your usual${MARKS.usual}${MARKS.days}.`, {}, 'weight');
    expect(pieces.map(({ text }) => text).join('')).toBe('above your usual.');
  });

  // With this every digit of an explanation is one of a figure, a day or a name that the evidence gives.
  it.each(['en', 'de'])('has no figure of its own in its messages (%s)', (language) => {
    const file = new URL(`../../messages/${language}/findings.json`, import.meta.url);
    const texts = leaves((JSON.parse(readFileSync(file, 'utf8')) as { explain: Tree }).explain);
    expect(texts.length).toBeGreaterThan(15);
    for (const text of texts) expect(text).not.toMatch(/\d/);
  });
});
