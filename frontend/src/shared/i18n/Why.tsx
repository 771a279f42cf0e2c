import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isNoAnswer, problemOf } from '@/shared/api/client';
import { reasonsOf, type Reason, type Words } from './refused';

interface Props {
  error: unknown;
  /** What a field of the form is called. */
  nameOf?(field: string): string | undefined;
}

/** Why the server would not; what is not in the reader's language is marked as such. */
export function Why({ error, nameOf }: Props): ReactNode {
  const { t, i18n } = useTranslation();
  const problem = problemOf(error);
  if (problem === undefined) return t(isNoAnswer(error) ? 'error.offlineTitle' : 'error.title');
  if (problem.status === 500) return t('error.text');
  const words = i18n.getResourceBundle(i18n.language, 'refused') as Words | undefined;
  const isOfFields = problem.errors.length > 0;
  return reasonsOf(problem, words, i18n.language).map((reason, index) => (
    <span key={index}>
      {index > 0 && ' '}
      <Sentence reason={reason} name={reason.field && nameOf?.(reason.field)} />
      {isOfFields && '.'}
    </span>
  ));
}

function Sentence({ reason: { text, language }, name }: { reason: Reason; name: string | undefined }) {
  const { i18n } = useTranslation();
  const shown = name ? text : text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  return (
    <>
      {name && `${name}: `}
      {language === i18n.language ? shown : <span lang={language} dir="ltr">{shown}</span>}
    </>
  );
}
