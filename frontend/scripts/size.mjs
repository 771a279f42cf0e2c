/** What the first screen weighs: the page's own script and what it needs for Today, compressed. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = { js: 220, css: 20 };
const LAZY = 50;
const folder = process.env.PAGE_FOLDER ?? new URL('../../backend/app/web/static', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8'));
const FIRST = ['index.html', 'src/messages/en/index.ts', 'src/features/today/Today.tsx'];

function filesOf(roots) {
  const files = new Set();
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the manifest has no ${key}`);
    [chunk.file, ...(chunk.css ?? [])].forEach((file) => files.add(file));
    (chunk.imports ?? []).forEach(visit);
  };
  roots.forEach(visit);
  return files;
}

const weight = (file) => gzipSync(readFileSync(`${folder}/${file}`), { level: 9 }).length / 1_000;
const sum = (files, kind) => [...files].filter((file) => file.endsWith(`.${kind}`)).reduce((total, file) => total + weight(file), 0);
const first = filesOf(FIRST);
let isOver = false;
for (const kind of ['js', 'css']) {
  const total = sum(first, kind);
  isOver ||= total > BUDGET[kind];
  console.log(`first screen ${kind.padEnd(3)} ${total.toFixed(1)} kB of ${BUDGET[kind]} kB, compressed`);
}
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || FIRST.includes(key)) continue;
  const own = [...filesOf([key])].filter((file) => !first.has(file));
  const total = sum(new Set(own), 'js');
  isOver ||= total > LAZY;
  if (total > LAZY / 2) console.log(`${key} adds ${total.toFixed(1)} kB of ${LAZY} kB`);
}
if (isOver) {
  console.error('The page is over its budget.');
  process.exitCode = 1;
}
