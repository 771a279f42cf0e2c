/** How the person wants to see things. */
import type { Language } from '@/messages';
import type { Choices } from '@/shared/units/units';
import { useMe } from './session';

export interface Preferences {
  units: Choices;
  /** Undefined: as the browser says. */
  language?: Language;
}

const NONE: Choices = {};

export function usePreferences(): Preferences {
  const { data: me } = useMe();
  const kept = me as { preferences?: Partial<Preferences> } | undefined;
  return { units: kept?.preferences?.units ?? NONE, language: kept?.preferences?.language };
}
