import { useState } from 'react';
import { columnOf, useCatalogue } from '@/shared/catalogue/catalogue';
import { useFormats } from '@/shared/format/useFormats';
import { usePreferences } from '@/shared/session/preferences';
import { QUANTITIES, quantityOf, shownDecimals, shownUnit, toShown, toStored } from '@/shared/units/units';
import type { Limits } from './form';
import type { Kind } from './kinds';

/** One figure's field: its label, its unit, and switching that. */
export interface Figure {
  label: string;
  unit: string;
  /** The other unit, where there is one. */
  nextUnit?: string;
  switchUnit(): void;
}

export interface Figures {
  of(name: string): Figure | undefined;
  limits: ReadonlyMap<string, Limits>;
  /** A stored value as one would type it in the field's unit. */
  typedOf(name: string, value: number): string;
}

/** Units, ranges and labels of a kind's figures, from the catalogue. */
export function useFigures(kind: Kind): Figures {
  const catalogue = useCatalogue();
  const { units } = usePreferences();
  const formats = useFormats();
  const [switched, setSwitched] = useState<Record<string, string>>({});
  const rows = new Map(
    kind.fields.flatMap(({ name, type }) => {
      const shown = type === 'figure' ? columnOf(catalogue, kind.place, name) : undefined;
      return shown ? [[name, { shown, unit: switched[name] ?? shownUnit(shown.metric, units) }] as const] : [];
    }),
  );
  const limits = new Map(
    [...rows].map(([name, { shown: { metric }, unit }]) => [
      name,
      { restore: (value: number) => toStored(value, metric, unit), ...metric.plausible },
    ]),
  );
  return {
    limits,
    of: (name) => {
      const row = rows.get(name);
      if (row === undefined) return undefined;
      const quantity = quantityOf(row.shown.metric);
      const nextUnit = quantity && QUANTITIES[quantity].find((unit) => unit !== row.unit);
      return {
        label: row.shown.label,
        unit: row.unit,
        nextUnit,
        switchUnit: () => nextUnit && setSwitched((before) => ({ ...before, [name]: nextUnit })),
      };
    },
    typedOf: (name, value) => {
      const row = rows.get(name);
      if (row === undefined) return String(value);
      const { metric } = row.shown;
      const inUnit = toShown(value, metric, row.unit);
      const digits = Math.max(shownDecimals(metric.decimals, metric, row.unit), Number.isInteger(value) ? 0 : 1);
      return formats.number(Number(inUnit.toFixed(digits)), Number.isInteger(Number(inUnit.toFixed(digits))) ? 0 : digits).replace(/[\s.,](?=\d{3}(\D|$))/g, '');
    },
  };
}
