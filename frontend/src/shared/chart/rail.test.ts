import { describe, expect, it } from 'vitest';
import { BUTTON, clustersOf, weekMeans, type Marker } from './rail';

const marker = (id: string, date: string, rank = 1): Marker => ({
  id, date, rank, direction: 'above', isUnusual: true, isClinical: false, isSeen: false,
});
const at = (pixels: Record<string, number>) => (date: string) => pixels[date] ?? 0;

describe('the rail', () => {
  it('leaves alone what is far enough apart', () => {
    const clusters = clustersOf([marker('b', '2'), marker('a', '1')], at({ 1: 0, 2: BUTTON }));
    expect(clusters.map(({ markers }) => markers.map(({ id }) => id))).toEqual([['a'], ['b']]);
  });

  it('merges what would overlap, and shows the gravest', () => {
    const clusters = clustersOf([marker('a', '1'), marker('b', '2', 5)], at({ 1: 10, 2: 20 }));
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ left: 15, head: { id: 'b' } });
  });

  it('never lets two buttons overlap, whatever the days', () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const days = Array.from({ length: 40 }, (_, index) => (index * index * seed * 7919) % 600);
      const markers = days.map((day, index) => marker(String(index), String(day)));
      const clusters = clustersOf(markers, Number);
      clusters.slice(1).forEach((cluster, index) => {
        expect(cluster.left - (clusters[index]?.left ?? 0)).toBeGreaterThanOrEqual(BUTTON);
      });
      expect(clusters.flatMap(({ markers: merged }) => merged)).toHaveLength(days.length);
    }
  });
});

describe('the mean of a week', () => {
  it('needs four days and skips gaps', () => {
    expect(weekMeans([1, 2, 3])).toEqual([null, null, null]);
    expect(weekMeans([1, null, 2, 3, 6]).at(-1)).toBe(3);
    expect(weekMeans([100, 1, 1, 1, 1, 1, 1, 1]).at(-1)).toBe(1);
  });
});
