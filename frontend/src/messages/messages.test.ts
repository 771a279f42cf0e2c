import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Tree = { [key: string]: string | Tree };
const folder = new URL('./', import.meta.url);
const languages = ['en', 'de'];

function filesOf(language: string): string[] {
  return readdirSync(new URL(`${language}/`, folder)).filter((name) => name.endsWith('.json')).sort();
}

function read(language: string, file: string): Tree {
  return JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8')) as Tree;
}

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : leaves(value, `${path}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).sort();

/** In English the server's own names and sentences are shown. */
const ONLY_TRANSLATED = ['metrics.json', 'refused.json'];

describe('messages', () => {
  it('are in the same files in every language', () => {
    for (const language of languages) expect(filesOf(language)).toEqual(filesOf('en'));
  });

  for (const file of filesOf('en').filter((name) => !ONLY_TRANSLATED.includes(name))) {
    it(`${file} says the same in every language`, () => {
      const english = leaves(read('en', file));
      for (const language of languages) {
        const other = new Map(leaves(read(language, file)));
        expect([...other.keys()].sort(), language).toEqual(english.map(([key]) => key).sort());
        for (const [key, text] of english)
          expect(placeholders(other.get(key) ?? ''), `${language} ${key}`).toEqual(placeholders(text));
      }
    });
  }
});
