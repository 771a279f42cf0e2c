import { describe, expect, it } from 'vitest';
import { isTableOfDays, sortOf } from './sniff';

const METRICS = new Set(['weight', 'resting_hr']);
const sort = (...parts: BlobPart[]) => sortOf(new Blob(parts), Promise.resolve(METRICS));

describe('sortOf', () => {
  it('knows an export of VitalIQ by the files that are listed at its end', async () => {
    expect(await sort('PK\u0003\u0004', 'x'.repeat(200_000), 'PK vitaliq.json PK meanings.json')).toBe('export');
    expect(await sort('PK\u0003\u0004', 'apple_health_export/export.xml')).toBe('any');
    expect(await sort('vitaliq.json meanings.json')).toBe('any');
  });

  it('knows a table with a line a day by its dates and a metric', async () => {
    expect(await sort('\ufeffDate;Weight\r\n2026-03-01;80,1\r\n2026-03-02;79,9\r\n')).toBe('days');
    expect(await sort('date,weight\n2026-03-01,80.1\n2026-03-01,79.9\n')).toBe('any');
    expect(await sort('Date,Weight (lb)\n2026-03-01,180\n')).toBe('any');
    expect(await sort('date,weight\n2026-03-01 07:15,80.1\n')).toBe('any');
    expect(await sort('<?xml version="1.0"?><HealthData/>')).toBe('any');
    expect(await sort('')).toBe('any');
  });

  it('waits for the names of metrics', async () => {
    const late = new Promise<ReadonlySet<string>>((resolve) => setTimeout(resolve, 20, METRICS));
    expect(await sortOf(new Blob(['date,weight\n2026-03-01,80\n']), late)).toBe('days');
  });

  it('does not stumble over a line that was cut off', () => {
    expect(isTableOfDays('date,weight\n2026-03-01,80\n2026-0', METRICS, false)).toBe(true);
  });
});
