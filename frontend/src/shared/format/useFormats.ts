import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '@/shared/i18n';
import { useMe } from '@/shared/session/session';
import { formatsOf, todayIn, type Formats } from './format';

/** Formats of the reader's language, with times in the person's own zone. */
export function useFormats(): Formats {
  const { i18n } = useTranslation();
  const { data: me } = useMe();
  const timeZone = me?.timezone;
  return useMemo(() => formatsOf(localeOf(i18n.language), timeZone), [i18n.language, timeZone]);
}

/** Today's date where the person lives. */
export function useToday(): string {
  const { data: me } = useMe();
  return todayIn(me?.timezone ?? 'UTC');
}
