import { expect, test } from 'vitest';
import { said } from './said';

test('says what the server says in the reader’s language, with its figures', () => {
  expect(said('the food has no name', 'de')).toEqual({ text: 'das Essen hat keinen Namen', language: 'de' });
  expect(said('line 12, column 3', 'de').text).toBe('Zeile 12, Spalte 3');
  expect(said('This is not a file that is known here: Garmin, Fitbit.', 'de').text).toBe(
    'Diese Art von Datei ist hier nicht bekannt: Garmin, Fitbit.',
  );
});

test('leaves what no table has as it is, and says that it is English', () => {
  expect(said('the food has no name', 'en')).toEqual({ text: 'the food has no name', language: 'en' });
  expect(said('something new', 'de')).toEqual({ text: 'something new', language: 'en' });
});

test('is told to the end where a sentence holds another', () => {
  expect(said('2 rows do not fit, the first in line 4, weight: is not a number. Nothing was stored; mend them, or set skip_rejected.', 'de').text).toBe(
    '2 Zeilen passen nicht, die erste ist Zeile 4, weight: ist keine Zahl. Nichts wurde gespeichert; berichtige sie, oder lass solche Zeilen aus.',
  );
});

test('names what is in a list, one by one', () => {
  expect(said('This is not a file that is known here: Apple Health export, Blood pressure CSV (Omron, iHealth, Withings), Dexcom Clarity CSV.', 'de').text).toBe(
    'Diese Art von Datei ist hier nicht bekannt: Export von Apple Health, Blutdruck als CSV (Omron, iHealth, Withings), Dexcom Clarity CSV.',
  );
});
