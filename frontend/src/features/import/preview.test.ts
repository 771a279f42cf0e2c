import { describe, expect, it } from 'vitest';
import type { Preview } from './api';
import { answered, kindsOf, newIn, optionsOf, topicOf, waysOf, type Found, type Held } from './preview';

const found = (changed: Partial<Found>): Found => ({
  kind: 'glucose',
  source: 'Sensor',
  unit: 'mg/dL',
  stored_unit: 'mg/dL',
  readings: 10,
  repeated: 1,
  already_there: 4,
  first: '2026-03-01T00:00:00Z',
  last: '2026-03-02T00:00:00Z',
  low: 70,
  high: 180,
  ...changed,
});
const held: Held = {
  group: 'glucose|mg/dL|Meter',
  kind: 'glucose',
  source: 'Meter',
  unit: 'mg/dL',
  stored_unit: 'mg/dL',
  reason: 'implausible',
  count: 3,
  guess: 'mmol/L',
  whole: false,
  low: 10,
  high: 1000,
  examples: [],
};

describe('a preview', () => {
  it('adds up what several sources measured of a kind', () => {
    const [kind, ...others] = kindsOf([found({}), found({ source: 'Meter', unit: 'mmol/L', low: 60, high: 90, already_there: 0 })]);
    expect(others).toEqual([]);
    expect(kind).toMatchObject({ isNew: 16, alreadyThere: 4, repeated: 2, low: 60, high: 180, sources: ['Sensor', 'Meter'], units: ['mg/dL', 'mmol/L'] });
  });

  it('counts held readings only where they are answered for', () => {
    const preview = { readings: [found({})], entries: [{ tracker: 'nutrition', entries: 5, already_there: 2 }], held: [held] } as unknown as Preview;
    expect(newIn(preview, {})).toBe(9);
    expect(newIn(preview, { [held.group]: 'leave' })).toBe(9);
    expect(newIn(preview, { [held.group]: 'later' })).toBe(9);
    expect(newIn(preview, { [held.group]: 'mmol/L' })).toBe(12);
  });

  it('offers a guess where there is one, and to take as it stands only what has a unit', () => {
    expect(waysOf(held)).toEqual(['mmol/L', 'accept', 'leave', 'later']);
    expect(waysOf({ ...held, guess: null, reason: 'unknown unit' })).toEqual(['leave', 'later']);
  });
});

describe('answers', () => {
  it('are sent but for those that are put off', () => {
    expect(answered({ a: 'mmol/L', b: 'later', c: 'leave' })).toEqual({ a: 'mmol/L', c: 'leave' });
  });

  it('become options beside those of before', () => {
    const before = { options: { zone: 'UTC', units: { Weight: 'kg' }, answers: {} } };
    expect(optionsOf(before, { day_first: 'true', 'units.HbA1c v1.2': '%', 'mapping.X': '-', encoding: 'cp1252' })).toEqual({
      zone: 'UTC',
      day_first: true,
      encoding: 'cp1252',
      units: { Weight: 'kg', 'HbA1c v1.2': '%' },
      mapping: { X: '-' },
    });
  });

  it('are for a column whose name may hold anything', () => {
    expect(topicOf('units.a.b')).toEqual({ topic: 'units', column: 'a.b' });
    expect(topicOf('delimiter')).toEqual({ topic: 'delimiter' });
  });
});
