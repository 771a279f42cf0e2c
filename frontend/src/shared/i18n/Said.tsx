import { useTranslation } from 'react-i18next';
import { said } from './said';

/** What the server says about a file; what is not in the reader's language is marked as such. */
export function Said({ sentence }: { sentence: string }) {
  const { i18n } = useTranslation();
  const { text, language } = said(sentence, i18n.language);
  return language === i18n.language ? text : <span lang={language} dir="ltr">{text}</span>;
}
