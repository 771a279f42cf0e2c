import { expect, it } from 'vitest';
import type { Entry } from '@/shared/entries';
import { againOn, distinctFoods } from './again';
import type { Food } from './api';

const food = (id: string, food_name: string) => ({ id, food_name, meal_type: 'lunch', calories: 500, occurred_at: '2026-11-25T12:00:00Z', date: '2026-11-25', version: 3 }) as Food;

it('takes over what was eaten, and neither when nor what the server added', () => {
  expect(againOn(food('a', 'Soup'), '2026-11-26')).toMatchObject({ date: '2026-11-26', food_name: 'Soup', calories: 500 });
  for (const name of ['id', 'occurred_at', 'version']) expect(againOn(food('a', 'Soup'), '2026-11-26')).not.toHaveProperty(name);
});

it('names each food once, the newest first', () => {
  const entries = [food('a', 'Soup'), food('b', 'Bread'), food('c', 'Soup'), food('d', 'Apple')] as unknown as Entry[];
  expect(distinctFoods(entries, 2).map(({ id }) => id)).toEqual(['a', 'b']);
});
