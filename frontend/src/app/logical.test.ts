import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const SOURCE = new URL('..', import.meta.url);
/** What does not mirror where text runs from right to left. */
const PHYSICAL =
  /\b(?:margin|padding|border(?:-(?:top|bottom))?|inset)-(?:left|right)\b|(?:^|[;{\s])(?:left|right)\s*:|text-align\s*:\s*(?:left|right)|\bfloat\s*:|(?:margin|padding|border)(?:Left|Right)\s*:/m;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
/** In drawings places are numbers, which do not mirror: svg runs from left to right (theme.css). */
const withoutDrawings = (text: string) => text.replace(/^const EDGE = .*$/m, '').replace(/setCursor\(\{.*$/gm, '');

it('knows what it looks for', () => {
  for (const bad of ['a { margin-left: 1px }', '.b{left:0}', '.c { text-align: right; }', 'style={{ paddingRight: 4 }}']) expect(bad).toMatch(PHYSICAL);
  for (const good of ['a { margin-inline-start: 1px }', '.b { inset-inline-end: 0 }', 'text-align: start']) expect(good).not.toMatch(PHYSICAL);
});

it.each(files.filter((file) => file.endsWith('.css') || file.endsWith('.tsx')))('%s can be mirrored', (file) => {
  expect(withoutDrawings(readFileSync(new URL(file, SOURCE), 'utf8'))).not.toMatch(PHYSICAL);
});
