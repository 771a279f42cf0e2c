/** The texts, a file a feature and language: `en` is the shape that the others must have. */
import type en from './en';

export type Messages = typeof en;

/** Each language is a chunk of its own: one is loaded. */
export const LANGUAGES = {
  en: { name: 'English', load: () => import('./en') },
  de: { name: 'Deutsch', load: () => import('./de') },
} as const;

export type Language = keyof typeof LANGUAGES;

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && value in LANGUAGES;
}
