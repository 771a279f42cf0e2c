/** What can be logged: a row a kind. Names of fields are the API's; their units, ranges and (for
 * figures) labels come from the catalogue. */
import type { Place, Values } from '@/shared/entries';
import type { IconName } from '@/shared/ui/Icon';

interface Base {
  name: string;
  /** Shown at once; the others below "More". */
  isMain?: boolean;
  isRequired?: boolean;
}

export type Field = Base &
  (
    | { type: 'figure' }
    | { type: 'text'; isLong?: boolean }
    | { type: 'choice'; options: readonly string[]; default?: (now: Date) => string }
    | { type: 'moment'; default?: (now: Date) => Date }
    | { type: 'day' }
  );

export interface Kind {
  place: Place;
  icon: IconName;
  fields: readonly Field[];
  /** Sent with every entry of the kind. */
  fixed?: Values;
  /** Which of a tracker's entries are of the kind. */
  includes?: (entry: Values) => boolean;
  /** A recent entry is taken over whole: a meal, a workout. */
  repeats?: boolean;
  /** Has no field for when it was. */
  isTimeless?: boolean;
}

const notes: Field = { name: 'notes', type: 'text', isLong: true };
const figure = (name: string, isMain = false): Field => ({ name, type: 'figure', isMain });

function partOfDay(now: Date): string {
  const hour = now.getHours();
  return hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
}

function mealOf(now: Date): string {
  const hour = now.getHours();
  return hour < 10 ? 'breakfast' : hour < 15 ? 'lunch' : hour < 18 ? 'snack' : 'dinner';
}

function at(now: Date, hour: number, minute: number, daysAgo: number): Date {
  const moment = new Date(now);
  moment.setDate(moment.getDate() - daysAgo);
  moment.setHours(hour, minute, 0, 0);
  return moment;
}

export const KINDS = {
  body: {
    place: 'body',
    icon: 'body',
    fields: [figure('weight_kg', true), figure('body_fat_pct'), figure('muscle_mass_kg'), figure('waist_cm'), notes],
  },
  vitals: {
    place: 'vitals',
    icon: 'heart',
    fields: [
      figure('blood_pressure_systolic', true),
      figure('blood_pressure_diastolic', true),
      figure('resting_heart_rate', true),
      { name: 'time_of_day', type: 'choice', options: ['morning', 'afternoon', 'evening', 'night'], default: partOfDay, isRequired: true },
      figure('hrv_ms'),
      figure('respiratory_rate'),
      figure('body_temperature'),
      figure('spo2'),
      notes,
    ],
  },
  glucose: {
    place: 'chronic',
    icon: 'glucose',
    fixed: { condition_type: 'diabetes' },
    includes: (entry) => entry.blood_glucose_mgdl != null,
    fields: [
      figure('blood_glucose_mgdl', true),
      { name: 'time_of_day', type: 'choice', options: ['fasting', 'pre_meal', 'post_meal', 'bedtime', 'other'], default: () => 'other', isMain: true, isRequired: true },
      figure('insulin_units'),
      { name: 'medication_taken', type: 'text' },
      notes,
    ],
  },
  nutrition: {
    place: 'nutrition',
    icon: 'food',
    repeats: true,
    fields: [
      { name: 'food_name', type: 'text', isMain: true, isRequired: true },
      { name: 'meal_type', type: 'choice', options: ['breakfast', 'lunch', 'dinner', 'snack'], default: mealOf, isMain: true, isRequired: true },
      figure('calories', true),
      figure('protein_g'),
      figure('carbs_g'),
      figure('fats_g'),
      figure('sugar_g'),
      figure('fiber_g'),
      figure('sodium_mg'),
      notes,
    ],
  },
  exercise: {
    place: 'exercise',
    icon: 'exercise',
    repeats: true,
    fields: [
      { name: 'exercise_name', type: 'text', isMain: true, isRequired: true },
      { name: 'exercise_type', type: 'choice', options: ['cardio', 'strength', 'flexibility', 'sports', 'other'], default: () => 'cardio', isMain: true, isRequired: true },
      { ...figure('duration_minutes', true), isRequired: true },
      { name: 'intensity', type: 'choice', options: ['', 'low', 'moderate', 'high', 'very_high'], default: () => 'moderate', isMain: true },
      figure('distance_km'),
      figure('calories_burned'),
      figure('heart_rate_avg'),
      figure('heart_rate_max'),
      figure('sets'),
      figure('reps'),
      figure('weight_kg'),
      notes,
    ],
  },
  sleep: {
    place: 'sleep',
    icon: 'sleep',
    isTimeless: true,
    fields: [
      { name: 'bedtime', type: 'moment', isMain: true, isRequired: true, default: (now) => at(now, 23, 0, 1) },
      { name: 'wake_time', type: 'moment', isMain: true, isRequired: true, default: (now) => (now.getHours() < 12 && now.getHours() > 3 ? now : at(now, 7, 0, 0)) },
      figure('quality_score', true),
      figure('deep_sleep_minutes'),
      figure('rem_sleep_minutes'),
      figure('awakenings'),
      notes,
    ],
  },
  chronic: {
    place: 'chronic',
    icon: 'chronic',
    includes: (entry) => entry.blood_glucose_mgdl == null,
    fields: [
      { name: 'condition_type', type: 'choice', options: ['heart', 'diabetes', 'hypertension', 'other'], default: () => 'heart', isMain: true, isRequired: true },
      { name: 'medication_taken', type: 'text', isMain: true },
      { name: 'symptoms', type: 'text', isMain: true, isLong: true },
      figure('hba1c_pct'),
      figure('cholesterol_total'),
      figure('cholesterol_ldl'),
      figure('cholesterol_hdl'),
      figure('triglycerides'),
      { name: 'time_of_day', type: 'choice', options: ['fasting', 'pre_meal', 'post_meal', 'bedtime', 'other'], default: () => 'other', isRequired: true },
      notes,
    ],
  },
  tags: {
    place: 'tags',
    icon: 'tag',
    isTimeless: true,
    fields: [
      { name: 'kind', type: 'choice', options: ['illness', 'travel', 'medication', 'stress', 'other'], default: () => 'illness', isMain: true, isRequired: true },
      { name: 'first', type: 'day', isMain: true, isRequired: true },
      { name: 'last', type: 'day', isMain: true, isRequired: true },
      { name: 'note', type: 'text', isMain: true },
    ],
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];

export function kindOf(name: string | undefined): KindName | undefined {
  return name !== undefined && name in KINDS ? (name as KindName) : undefined;
}
