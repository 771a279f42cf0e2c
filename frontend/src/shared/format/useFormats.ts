import { useTranslation } from 'react-i18next';
import { localeOf } from '@/shared/i18n';
import { useMe } from '@/shared/session/session';
import { formatsOf, todayIn, type Formats } from './format';

/** Formats of the reader's language, with times in the person's own zone. */
export function useFormats(): Formats {
  const { i18n } = useTranslation();
  const { data: me } = useMe();
  return known(localeOf(i18n.language), me?.timezone);
}

const made = new Map<string, Formats>();

/** Made once for all who ask: making formats is slow, and every tile asks. */
function known(locale: string, timeZone: string | undefined): Formats {
  const key = `${locale} ${timeZone}`;
  const formats = made.get(key) ?? formatsOf(locale, timeZone);
  made.set(key, formats);
  return formats;
}

/** Today's date where the person lives. */
export function useToday(): string {
  const { data: me } = useMe();
  return todayIn(me?.timezone ?? 'UTC');
}
