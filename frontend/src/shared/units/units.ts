/** Units: what the API stores (UCUM) and what the reader chose; converted here and nowhere else. */

/** What a unit may be chosen for. */
export const QUANTITIES = {
  weight: ['kg', '[lb_av]'],
  length: ['cm', '[in_i]'],
  distance: ['km', '[mi_i]'],
  temperature: ['Cel', '[degF]'],
  energy: ['kcal', 'kJ'],
  glucose: ['mg/dL', 'mmol/L'],
  lipids: ['mg/dL', 'mmol/L'],
  hba1c: ['%', 'mmol/mol'],
} as const;

export type Quantity = keyof typeof QUANTITIES;
export type Choices = Partial<Record<Quantity, string>>;

/** What tells a metric's quantity: rows of the catalogue have these. */
export interface Measured {
  unit: string;
  family: string;
  loinc?: string | null;
}

interface Conversion {
  factor: number;
  offset?: number;
  /** More decimals than the stored unit needs. */
  decimals?: number;
}

const BY_UNIT: Record<string, Quantity> = {
  kg: 'weight',
  cm: 'length',
  km: 'distance',
  Cel: 'temperature',
  kcal: 'energy',
};

const CONVERSIONS: Record<string, Conversion> = {
  'kg [lb_av]': { factor: 1 / 0.45359237 },
  'cm [in_i]': { factor: 1 / 2.54, decimals: 1 },
  'km [mi_i]': { factor: 1 / 1.609344 },
  'Cel [degF]': { factor: 1.8, offset: 32 },
  'kcal kJ': { factor: 4.184 },
  // Molar masses: glucose 180.16, cholesterol 386.65, triglycerides (as triolein) 885.4 g/mol.
  'glucose mmol/L': { factor: 1 / 18.0182, decimals: 1 },
  'lipids mmol/L': { factor: 1 / 38.67, decimals: 2 },
  'triglycerides mmol/L': { factor: 1 / 88.57, decimals: 2 },
  // NGSP to IFCC: (% - 2.152) / 0.09148.
  'hba1c mmol/mol': { factor: 1 / 0.09148, offset: -2.152 / 0.09148, decimals: -1 },
};

/** LOINC's code for triglycerides: a substance of its own in a family that shares a unit. */
const TRIGLYCERIDES = '2571-8';

export function quantityOf({ unit, family }: Measured): Quantity | undefined {
  if (unit === 'mg/dL') return family === 'glucose' || family === 'lipids' ? family : undefined;
  if (family === 'hba1c') return 'hba1c';
  return BY_UNIT[unit];
}

/** The unit that a metric is shown in. */
export function shownUnit(metric: Measured, choices: Choices): string {
  const quantity = quantityOf(metric);
  const chosen = quantity && choices[quantity];
  return chosen && (QUANTITIES[quantity] as readonly string[]).includes(chosen) ? chosen : metric.unit;
}

function conversion(metric: Measured, unit: string): Conversion {
  if (unit === metric.unit) return { factor: 1 };
  const substance = metric.loinc === TRIGLYCERIDES ? 'triglycerides' : quantityOf(metric);
  const found = CONVERSIONS[`${metric.unit} ${unit}`] ?? CONVERSIONS[`${substance ?? ''} ${unit}`];
  if (found === undefined) throw new Error(`no way from ${metric.unit} to ${unit}`);
  return found;
}

/** From the stored unit to the shown one. */
export function toShown(value: number, metric: Measured, unit: string): number {
  const { factor, offset = 0 } = conversion(metric, unit);
  return value * factor + offset;
}

/** From what was typed to the stored unit, without digits that come from the sum alone. */
export function toStored(value: number, metric: Measured, unit: string): number {
  const { factor, offset = 0 } = conversion(metric, unit);
  if (factor === 1 && offset === 0) return value;
  return Number(((value - offset) / factor).toPrecision(6));
}

/** A difference has no offset: 1 degree Celsius more is 1.8 degrees Fahrenheit more. */
export function changeToShown(value: number, metric: Measured, unit: string): number {
  return value * conversion(metric, unit).factor;
}

export function shownDecimals(decimals: number, metric: Measured, unit: string): number {
  return Math.max(0, decimals + (conversion(metric, unit).decimals ?? 0));
}
