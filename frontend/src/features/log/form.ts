/** The form of one kind as plain values: what is typed, and what is sent. Pure. */
import { readNumber, todayIn } from '@/shared/format/format';
import type { Values } from '@/shared/entries';
import type { Field, Kind } from './kinds';

/** By field: what stands in it, as text. */
export type Typed = Record<string, string>;
/** By field: a key of messages/<language>/log.json. */
export type Misfits = Record<string, 'missing' | 'noNumber' | 'implausible'>;

export interface Limits {
  /** From the unit in the field to the stored one. */
  restore(value: number): number;
  low: number;
  high: number;
}

/** A local moment as `datetime-local` has it. */
export function localMoment(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function startOf(kind: Kind, now: Date): Typed {
  return Object.fromEntries(kind.fields.map((field) => [field.name, startOfField(field, now)]));
}

function startOfField(field: Field, now: Date): string {
  if (field.type === 'choice') return field.default?.(now) ?? field.options[0] ?? '';
  if (field.type === 'moment') return localMoment(field.default?.(now) ?? now);
  if (field.type === 'day') return todayIn(Intl.DateTimeFormat().resolvedOptions().timeZone, now);
  return '';
}

export interface Read {
  values: Values;
  misfits: Misfits;
}

/** What is typed, as the API takes it; or what is wrong with it, field by field. */
export function read(kind: Kind, typed: Typed, limits: ReadonlyMap<string, Limits>): Read {
  const values: Values = { ...kind.fixed };
  const misfits: Misfits = {};
  for (const field of kind.fields) {
    const text = (typed[field.name] ?? '').trim();
    if (text === '') {
      if (field.isRequired) misfits[field.name] = 'missing';
      continue;
    }
    const value = field.type === 'figure' ? figure(text, limits.get(field.name)) : plain(field, text);
    if (typeof value === 'object') misfits[field.name] = value.misfit;
    else values[field.name] = value;
  }
  const figures = kind.fields.filter(({ type }) => type === 'figure');
  const isBlank = !kind.fields.some(({ name, type }) => ['figure', 'text'].includes(type) && typed[name]?.trim());
  const [first] = figures;
  if (isBlank && first && !kind.fields.some(({ type, isRequired }) => type === 'moment' && isRequired)) misfits[first.name] = 'missing';
  return { values, misfits };
}

function plain(field: Field, text: string): string {
  return field.type === 'moment' ? new Date(text).toISOString() : text;
}

function figure(text: string, limits: Limits | undefined): number | { misfit: Misfits[string] } {
  const value = readNumber(text);
  if (value === undefined) return { misfit: 'noNumber' };
  if (limits === undefined) return value;
  const stored = limits.restore(value);
  return stored < limits.low || stored > limits.high ? { misfit: 'implausible' } : stored;
}
