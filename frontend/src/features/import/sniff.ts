/** What a file is, as far as the page has to know: by what is in it, never by what it is called. */
export type Sort = 'export' | 'days' | 'any';

const HEAD = 65_536;
const TAIL = 65_536;
const DATES = new Set(['date', 'day']);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** An export of VitalIQ, a table with a line a day, or what the server finds out by itself. `metrics`
 * are the names of metrics, in small letters; they may be still on their way. */
export async function sortOf(file: Blob, metrics: Promise<ReadonlySet<string>>): Promise<Sort> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  if (isZip) return isOwnExport(await file.slice(-TAIL).text()) ? 'export' : 'any';
  return isTableOfDays(await file.slice(0, HEAD).text(), await metrics, file.size <= HEAD) ? 'days' : 'any';
}

/** The list of an archive's files stands at its end. */
function isOwnExport(tail: string): boolean {
  return tail.includes('vitaliq.json') && tail.includes('meanings.json');
}

/** A date that comes once, and a column that is called as a metric is. */
export function isTableOfDays(text: string, metrics: ReadonlySet<string>, isWhole = true): boolean {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  const [top = '', ...rows] = isWhole ? lines : lines.slice(0, -1);
  const delimiter = [',', ';', '\t'].reduce((best, one) => (top.split(one).length > top.split(best).length ? one : best));
  const cellsOf = (line: string) => line.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''));
  const names = cellsOf(top).map((name) => name.toLowerCase());
  const place = names.findIndex((name) => DATES.has(name));
  if (place < 0 || !names.some((name) => metrics.has(name))) return false;
  const days = rows.map((row) => cellsOf(row)[place] ?? '');
  return days.every((day) => DAY.test(day)) && new Set(days).size === days.length;
}
