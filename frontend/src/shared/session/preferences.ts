/** How the person wants to see things; kept with the account, and so on every device. */
import { isLanguage, type Language } from '@/messages';
import type { Choices } from '@/shared/units/units';
import { useMe } from './session';

export interface Preferences {
  units: Choices;
  /** Undefined: as the browser says. */
  language?: Language;
  theme?: 'light' | 'dark';
}

const NONE: Choices = {};

export function usePreferences(): Preferences {
  const { data: me } = useMe();
  const kept = me?.preferences;
  return {
    units: kept?.units ?? NONE,
    language: isLanguage(kept?.language) ? kept.language : undefined,
    theme: kept?.theme ?? undefined,
  };
}
