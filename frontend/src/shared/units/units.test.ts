import { describe, expect, it } from 'vitest';
import { changeToShown, QUANTITIES, quantityOf, shownDecimals, shownUnit, toShown, toStored, type Measured } from './units';

const weight: Measured = { unit: 'kg', family: 'weight' };
const glucose: Measured = { unit: 'mg/dL', family: 'glucose' };
const triglycerides: Measured = { unit: 'mg/dL', family: 'lipids', loinc: '2571-8' };
const ldl: Measured = { unit: 'mg/dL', family: 'lipids', loinc: '13457-7' };
const hba1c: Measured = { unit: '%', family: 'hba1c' };
const temperature: Measured = { unit: 'Cel', family: 'temperature' };

describe('units', () => {
  it('are converted as textbooks do', () => {
    expect(toShown(70, weight, '[lb_av]')).toBeCloseTo(154.32, 2);
    expect(toShown(70, glucose, 'mmol/L')).toBeCloseTo(3.9, 1);
    expect(toShown(180, glucose, 'mmol/L')).toBeCloseTo(10.0, 1);
    expect(toShown(100, ldl, 'mmol/L')).toBeCloseTo(2.59, 2);
    expect(toShown(150, triglycerides, 'mmol/L')).toBeCloseTo(1.69, 2);
    expect(toShown(6.5, hba1c, 'mmol/mol')).toBeCloseTo(48, 0);
    expect(toShown(37, temperature, '[degF]')).toBeCloseTo(98.6, 5);
  });

  it('come back as they went', () => {
    const measured: Measured[] = [
      weight, glucose, triglycerides, ldl, hba1c, temperature,
      { unit: 'cm', family: 'weight' }, { unit: 'km', family: 'exercise' }, { unit: 'kcal', family: 'nutrition' },
    ];
    for (const metric of measured)
      for (const unit of QUANTITIES[quantityOf(metric) ?? 'weight'])
        expect(toStored(toShown(36.6, metric, unit), metric, unit)).toBeCloseTo(36.6, 4);
  });

  it('a value that is not converted is not rounded', () => {
    expect(toStored(78.123456789, weight, 'kg')).toBe(78.123456789);
  });

  it('a difference has no offset', () => {
    expect(changeToShown(1, temperature, '[degF]')).toBeCloseTo(1.8);
  });

  it('what cannot be chosen is shown as stored', () => {
    expect(shownUnit({ unit: '/min', family: 'heart_rate' }, {})).toBe('/min');
    expect(shownUnit(weight, { weight: 'stone' })).toBe('kg');
    expect(shownUnit(weight, { weight: '[lb_av]' })).toBe('[lb_av]');
    expect(quantityOf({ unit: '%', family: 'oxygen' })).toBeUndefined();
  });

  it('small units have more decimals', () => {
    expect(shownDecimals(0, glucose, 'mmol/L')).toBe(1);
    expect(shownDecimals(0, glucose, 'mg/dL')).toBe(0);
    expect(shownDecimals(1, hba1c, 'mmol/mol')).toBe(0);
  });
});
