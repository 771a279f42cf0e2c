/** Food that is eaten again. Pure. */
import type { Entry, Values } from '@/shared/entries';
import type { Food, FoodIn } from './api';

/** What is eaten again on another day: everything but when it was, and what the server adds. */
export function againOn(food: Food, date: string): FoodIn {
  const { food_name, meal_type, calories, protein_g, carbs_g, fats_g, sugar_g, fiber_g, sodium_mg, notes } = food;
  return { date, food_name, meal_type, calories, protein_g, carbs_g, fats_g, sugar_g, fiber_g, sodium_mg, notes };
}

/** The latest foods, each once. */
export function distinctFoods(entries: readonly Entry[], most: number): Food[] {
  const foods = entries as unknown as Food[];
  const isFirst = (food: Food) => foods.find(({ food_name }) => food_name === food.food_name) === food;
  return foods.filter(isFirst).slice(0, most);
}

export const asValues = (food: FoodIn): Values => ({ ...food });
