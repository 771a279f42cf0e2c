/** What the server says about a file, in the reader's language. Its sentences are English and known
 * beforehand: tables have them, with `#` for a figure and `*` for names, or for a sentence in the
 * sentence. Pure. */
import german from '@/messages/said.de.json';

const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = { de: german };
const PLAIN = /[.+?^${}()|[\]\\]/g;
const NEXT = /, (?![^(]*\))/;
const compiled = new Map<string, [RegExp, string][]>();

/** The sentence, or what stands for it in the language; `language` says which it is in. */
export function said(sentence: string, language: string): { text: string; language: string } {
  for (const [pattern, told] of patternsOf(language)) {
    const parts = pattern.exec(sentence)?.slice(1);
    if (parts) return { text: told.replace(/[#*]/g, () => listed(parts.shift() ?? '', language)), language };
  }
  return { text: sentence, language: 'en' };
}

/** Names one after the other; a comma in brackets divides none. */
function listed(names: string, language: string): string {
  const whole = said(names, language);
  if (whole.language === language) return whole.text;
  return names.split(NEXT).map((name) => said(name, language).text).join(', ');
}

function patternsOf(language: string): [RegExp, string][] {
  const known = compiled.get(language);
  if (known) return known;
  const made = Object.entries(TABLES[language] ?? {}).map(([sentence, told]): [RegExp, string] => {
    const source = sentence.replace(PLAIN, '\\$&').replaceAll('#', '(\\d+)').replaceAll('*', '(.+?)');
    return [new RegExp(`^${source}$`), told];
  });
  compiled.set(language, made);
  return made;
}
