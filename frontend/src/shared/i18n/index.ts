/** Languages: which one, and loading its texts. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { isLanguage, LANGUAGES, type Language } from '@/messages';

export { isLanguage, LANGUAGES };

const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];

/** The first of the browser's languages that there are texts in. */
export function preferredLanguage(asked: readonly string[] = navigator.languages): Language {
  const known = asked.map((tag) => tag.split('-')[0]).find(isLanguage);
  return known ?? 'en';
}

/** The full tag for numbers and dates: the browser's region where it fits the language. */
export function localeOf(language: string, asked: readonly string[] = navigator.languages): string {
  return asked.find((tag) => tag.split('-')[0] === language) ?? language;
}

export async function startLanguage(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: (await LANGUAGES[language].load()).default },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  });
  tellDocument(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  if (i18next.language === language) return;
  const texts = (await LANGUAGES[language].load()).default;
  for (const [namespace, messages] of Object.entries(texts))
    i18next.addResourceBundle(language, namespace, messages);
  await i18next.changeLanguage(language);
  tellDocument(language);
}

function tellDocument(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr';
}
