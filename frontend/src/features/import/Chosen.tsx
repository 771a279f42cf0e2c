import { Button, Switch } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { Card } from '@/shared/ui/Card';
import { useArchive, useTable, type Job, type Options } from './api';
import { Bar } from './Bar';
import styles from './Import.module.css';
import { Refused } from './Refused';
import type { Sort } from './sniff';

interface Props {
  file: File;
  sort: Sort;
  onBegun(job: string): void;
  /** Reads a table by its lines instead. */
  onOther(): void;
  onCancel(): void;
}

/** An export of VitalIQ or a table of days that was chosen, how to read it, and sending it. */
export function Chosen({ file, sort, onBegun, onOther, onCancel }: Props) {
  const { t } = useTranslation(['bring', 'common']);
  const formats = useFormats();
  const isArchive = sort === 'export';
  const [options, setOptions] = useState<Options>({ zeroIsUnknown: false, skipRejected: false });
  const table = useTable();
  const archive = useArchive();
  const { error, isPending } = isArchive ? archive : table;
  const begun = { onSuccess: ({ id }: Job) => onBegun(id) };
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isArchive) archive.mutate(file, begun);
    else table.mutate({ file, options }, begun);
  }
  return (
    <Card>
      <form className={styles.stack} onSubmit={submit}>
        <div>
          <strong className={styles.name}>{file.name}</strong>
          <p className={styles.soft}>
            {t('bring:size', { size: formats.number(Math.max(1, Math.round(file.size / 1_000))) })} · {t(isArchive ? 'bring:archive' : 'bring:table')}
          </p>
        </div>
        {!isArchive && (
          <>
            <Switch label={t('bring:skip')} description={t('bring:skipText')} checked={options.skipRejected} onChange={({ currentTarget: { checked } }) => setOptions({ ...options, skipRejected: checked })} />
            <Switch label={t('bring:zero')} description={t('bring:zeroText')} checked={options.zeroIsUnknown} onChange={({ currentTarget: { checked } }) => setOptions({ ...options, zeroIsUnknown: checked })} />
          </>
        )}
        {isArchive && isPending && <Bar label={t('bring:sending')} share={archive.sent} />}
        <Refused error={error} />
        <div className={styles.pair}>
          <Button type="submit" size="md" loading={isPending}>
            {t('bring:start')}
          </Button>
          {!isArchive && (
            <Button variant="default" size="md" onClick={onOther}>
              {t('bring:byReading')}
            </Button>
          )}
          <Button variant="default" size="md" onClick={onCancel}>
            {t('common:cancel')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
