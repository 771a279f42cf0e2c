import { useEffect } from 'react';
import { changeLanguage } from '@/shared/i18n';
import { usePreferences } from '@/shared/session/preferences';

/** Makes the page speak and look as the person wishes, once that is known. */
export function useWishes(): void {
  const { language } = usePreferences();
  useEffect(() => {
    if (language !== undefined) void changeLanguage(language);
  }, [language]);
}
