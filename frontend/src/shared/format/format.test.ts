import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, formatsOf, readNumber, todayIn } from './format';

describe('numbers', () => {
  const german = formatsOf('de-DE');
  it('are written as the reader writes them', () => {
    expect(german.number(1234.5, 1)).toBe('1.234,5');
    expect(formatsOf('en-GB').number(1234.5, 1)).toBe('1,234.5');
    expect(german.range(5.4, 6, 1)).toBe('5,4–6,0');
    expect(german.change(-2, 0)).toBe('−2');
    expect(german.change(2, 0)).toBe('+2');
    expect(german.change(0, 0)).toBe('0');
  });
  it('are read with a comma or a point', () => {
    expect(readNumber('78,4')).toBe(78.4);
    expect(readNumber(' 78.4 ')).toBe(78.4);
    expect(readNumber('.5')).toBe(0.5);
    expect(readNumber('-1')).toBe(-1);
    for (const typed of ['', '7.8.4', '1,234.5', 'abc', '1e5', '-'])
      expect(readNumber(typed)).toBeUndefined();
  });
  it('hours are hours and minutes', () => {
    expect(german.hours(7.2)).toBe('7:12');
    expect(german.hours(7.999)).toBe('8:00');
  });
});

describe('days', () => {
  it('know no time zone', () => {
    expect(addDays('2026-03-28', 1)).toBe('2026-03-29');
    expect(addDays('2026-03-29', 1)).toBe('2026-03-30');
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(formatsOf('en-GB').shortDay('2026-01-01')).toBe('1 Jan');
  });
  it('today is that of the person', () => {
    const instant = new Date('2026-05-01T23:30:00Z');
    expect(todayIn('UTC', instant)).toBe('2026-05-01');
    expect(todayIn('Asia/Tokyo', instant)).toBe('2026-05-02');
  });
  it('say what two instants have in common only once, where the reader lives', () => {
    const { dates } = formatsOf('en-GB', 'Europe/Berlin');
    expect(dates('2024-01-12T23:30:00Z', '2024-01-19T07:00:00Z')).toMatch(/^13\s?–\s?19 Jan 2024$/);
    expect(dates('2024-01-12T23:30:00Z', '2024-01-13T07:00:00Z')).toBe('13 Jan 2024');
  });

  it('are told from today', () => {
    expect(formatsOf('en-GB').ago(1)).toBe('yesterday');
    expect(formatsOf('de-DE').ago(9)).toBe('vor 9 Tagen');
  });
});
