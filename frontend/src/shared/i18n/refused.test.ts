import { expect, it } from 'vitest';
import german from '@/messages/de/refused.json';
import type { Problem } from '@/shared/api/client';
import { reasonsOf } from './refused';

const problem = (changes: Partial<Problem>): Problem => ({
  type: 'about:blank', title: 'Conflict', status: 409, detail: 'This passkey is among yours already.', code: 'passkey-known', errors: [], request_id: '', ...changes,
});
const misfit = { loc: ['body', 'weight_kg'], msg: 'Input should be less than or equal to 650.5', code: 'less-than-equal', limit: 650.5 };

it('is in the language of the reader', () => {
  expect(reasonsOf(problem({}), german, 'de')).toEqual([{ text: 'Diesen Passkey hast du schon.', language: 'de' }]);
  expect(reasonsOf(problem({ errors: [misfit] }), german, 'de')).toEqual([{ field: 'weight_kg', text: 'darf höchstens 650,5 sein', language: 'de' }]);
});

it('is the word of the server in English, and where there is none', () => {
  expect(reasonsOf(problem({}), undefined, 'en')).toEqual([{ text: 'This passkey is among yours already.', language: 'en' }]);
  expect(reasonsOf(problem({ code: 'new' }), german, 'de')).toEqual([{ text: 'This passkey is among yours already.', language: 'en' }]);
  expect(reasonsOf(problem({ errors: [misfit] }), undefined, 'en')).toEqual([{ field: 'weight_kg', text: misfit.msg, language: 'en' }]);
});

it('names no limit where it knows none', () => {
  expect(reasonsOf(problem({ errors: [{ ...misfit, limit: null }] }), german, 'de')[0]?.text).toBe('passt nicht');
});

it('reads what an older server said, and what was kept of it', () => {
  const { code, limit, ...old } = misfit;
  expect([code, limit]).toHaveLength(2);
  expect(reasonsOf(problem({ code: undefined, errors: [old as typeof misfit] }), german, 'de')[0]).toMatchObject({ text: misfit.msg, language: 'en' });
});
