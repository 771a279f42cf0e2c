import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { changeLanguage, preferredLanguage } from '@/shared/i18n';
import { usePreferences } from '@/shared/session/preferences';
import { useMe } from '@/shared/session/session';

/** Makes the page speak and look as the person wishes, once that is known. */
export function useWishes(): void {
  const { data: me } = useMe();
  const { language, theme } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const isKnown = me !== undefined;
  useEffect(() => {
    if (isKnown) void changeLanguage(language ?? preferredLanguage());
  }, [isKnown, language]);
  useEffect(() => setColorScheme(theme ?? 'auto'), [theme, setColorScheme]);
}
