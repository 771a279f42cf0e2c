import { useTranslation } from 'react-i18next';

/** What a form calls a field; undefined where it is called as its metric is. */
export function useOwnName(): (name: string) => string | undefined {
  const { i18n } = useTranslation('log');
  return (name) => {
    const own = `log:fields.${name}`;
    return i18n.exists(own) ? i18n.t(own as 'close') : undefined;
  };
}
