import { describe, expect, it } from 'vitest';
import { read, startOf, type Limits } from './form';
import { KIND_NAMES, KINDS, type Kind } from './kinds';

const kilograms: Limits = { restore: (value) => value, low: 2, high: 650 };
const pounds: Limits = { ...kilograms, restore: (value) => value * 0.45359237 };
const now = new Date('2026-03-12T08:30:00');
const body: Kind = KINDS.body;

describe('a form', () => {
  it('reads a decimal comma', () => {
    const { values, misfits } = read(body, { weight_kg: '78,4' }, new Map([['weight_kg', kilograms]]));
    expect(misfits).toEqual({});
    expect(values).toEqual({ weight_kg: 78.4 });
  });

  it('stores in the stored unit', () => {
    const { values } = read(body, { weight_kg: '172' }, new Map([['weight_kg', pounds]]));
    expect(values.weight_kg).toBeCloseTo(78.02, 2);
  });

  it('says what is missing, no number, or implausible', () => {
    const limits = new Map([['weight_kg', kilograms]]);
    expect(read(body, {}, limits).misfits).toEqual({ weight_kg: 'missing' });
    expect(read(body, { weight_kg: 'heavy' }, limits).misfits).toEqual({ weight_kg: 'noNumber' });
    expect(read(body, { weight_kg: '7840' }, limits).misfits).toEqual({ weight_kg: 'implausible' });
    expect(read(KINDS.exercise, startOf(KINDS.exercise, now), limits).misfits).toMatchObject({ exercise_name: 'missing', duration_minutes: 'missing' });
  });

  it('starts with what the time of day suggests', () => {
    expect(startOf(KINDS.nutrition, now).meal_type).toBe('breakfast');
    expect(startOf(KINDS.vitals, now).time_of_day).toBe('morning');
    expect(startOf(KINDS.sleep, now)).toMatchObject({ bedtime: '2026-03-11T23:00', wake_time: '2026-03-12T08:30' });
  });

  it('sends instants with their zone', () => {
    const { values } = read(KINDS.sleep, startOf(KINDS.sleep, now), new Map());
    expect(values.bedtime).toBe(new Date('2026-03-11T23:00').toISOString());
  });

  it('every kind begins with a field that is shown', () => {
    for (const name of KIND_NAMES) expect(KINDS[name].fields[0]).toMatchObject({ isMain: true });
  });
});
