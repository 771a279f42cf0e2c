/** Writes src/messages/<language>/index.ts from the files beside it; `--check` only compares. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../src/messages/', import.meta.url);
const isCheck = process.argv.includes('--check');
let isStale = false;
for (const language of ['en', 'de']) {
  const names = readdirSync(new URL(`${language}/`, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5))
    .sort();
  const local = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const key = (name) => (name === local(name) ? name : `'${name}': ${local(name)}`);
  const text = [
    '// Made by `npm run messages` from the files in this folder.',
    ...names.map((name) => `import ${local(name)} from './${name}.json';`),
    '',
    `export default { ${names.map(key).join(', ')} };`,
    '',
  ].join('\n');
  const file = new URL(`${language}/index.ts`, folder);
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // the first time
  }
  if (before === text) continue;
  isStale = true;
  if (isCheck) console.error(`src/messages/${language}/index.ts is stale: npm run messages`);
  else writeFileSync(file, text);
}
process.exitCode = isCheck && isStale ? 1 : 0;
