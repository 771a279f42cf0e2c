import { expect, it } from 'vitest';
import { day } from './routing';

it('takes days of the calendar, and nothing else, from an address', () => {
  expect(['2026-02-28', '2024-02-29'].map(day)).toEqual(['2026-02-28', '2024-02-29']);
  expect(['2026-02-30', '2026-99-99', '2026-2-3', 'today', 20260203, undefined].map(day)).toEqual(Array(6).fill(undefined));
});
