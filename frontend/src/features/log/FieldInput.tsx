import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOwnName } from './useOwnName';
import type { Misfits } from './form';
import type { Field } from './kinds';
import type { Figure } from './useFigures';
import styles from './Log.module.css';

interface Props {
  field: Field;
  value: string;
  misfit?: Misfits[string];
  figure?: Figure;
  hint?: string;
  isFirst?: boolean;
  onChange(value: string): void;
}

/** One field of a form, by its type. */
export function FieldInput({ field, value, misfit, figure, hint, isFirst = false, onChange }: Props) {
  const { t } = useTranslation('log');
  const label = useOwnName()(field.name) ?? figure?.label ?? field.name;
  const common = {
    name: field.name,
    label,
    value,
    description: hint,
    error: misfit && t(`misfits.${misfit}`),
    autoFocus: isFirst,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  switch (field.type) {
    case 'figure':
      return (
        <TextInput
          {...common}
          className={field.isMain ? styles.figure : undefined}
          inputMode="decimal"
          autoComplete="off"
          rightSection={figure && <Unit figure={figure} label={label} />}
          rightSectionWidth="auto"
          rightSectionProps={{ style: { paddingInlineEnd: 8 } }}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...common}
          data={field.options.map((option) => ({ value: option, label: option === '' ? '–' : t(`options.${option}` as 'options.low') }))}
        />
      );
    case 'text':
      return field.isLong ? (
        <Textarea {...common} className={styles.wide} autosize minRows={2} maxLength={2_000} />
      ) : (
        <TextInput {...common} autoComplete="off" maxLength={200} />
      );
    case 'moment':
      return <TextInput {...common} type="datetime-local" />;
    case 'day':
      return <TextInput {...common} type="date" />;
  }
}

function Unit({ figure: { unit, nextUnit, switchUnit }, label }: { figure: Figure; label: string }) {
  const { t } = useTranslation(['log', 'units']);
  const name = (code: string) => t(`units:${code}` as 'units:kg');
  if (nextUnit === undefined) return <span className={styles.unit}>{name(unit)}</span>;
  return (
    <button type="button" className={styles.unit} onClick={switchUnit} aria-label={t('log:switchUnit', { label, unit: name(unit), next: name(nextUnit) })}>
      {name(unit)}
    </button>
  );
}
