import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey, useChangeEntry, useGiveUp, useLogEntry, useRemoveEntry, type Entry, type Refused, type Values } from '@/shared/entries';
import { Why } from '@/shared/i18n/Why';
import { Icon } from '@/shared/ui/Icon';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { Again } from './Again';
import { FieldInput } from './FieldInput';
import { localMoment, read, startOf, type Misfits, type Typed } from './form';
import { KINDS, type Field, type Kind, type KindName } from './kinds';
import { useFigures, type Figures } from './useFigures';
import { useOwnName } from './useOwnName';
import styles from './Log.module.css';

interface Props {
  kind: KindName;
  /** An entry to change, instead of a new one. */
  entry?: Entry;
  /** One that the server did not take, to be corrected. */
  refused?: Refused;
  date?: string;
}

export function Form({ kind: name, entry, refused, date }: Props) {
  const { t } = useTranslation(['log', 'common']);
  const kind: Kind = KINDS[name];
  const figures = useFigures(kind);
  const nameOf = useFieldNames(figures);
  const draft = entry ?? refused?.sending.values;
  const [typed, setTyped] = useState<Typed>(() => (draft ? typedOf(kind, draft, figures.typedOf) : startOf(kind, new Date())));
  const [moment, setMoment] = useState(() => momentOf(draft, date));
  const [misfits, setMisfits] = useState<Misfits>({});
  const form = useRef<HTMLFormElement>(null);
  const save = useSave(name, entry, refused, nameOf);

  function submit(event: FormEvent) {
    event.preventDefault();
    const { values, misfits: found } = read(kind, typed, figures.limits);
    setMisfits(found);
    const [wrong] = Object.keys(found);
    if (wrong !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
      return;
    }
    if (!kind.isTimeless) values.occurred_at = (moment ? new Date(moment) : new Date()).toISOString();
    save.run(values, () => {
      setTyped(startOf(kind, new Date()));
      setMoment(momentOf(undefined, date));
      form.current?.querySelector<HTMLElement>('input')?.focus();
    });
  }

  const input = (field: Field) => (
    <FieldInput
      key={field.name}
      field={field}
      value={typed[field.name] ?? ''}
      misfit={misfits[field.name]}
      figure={figures.of(field.name)}
      isFirst={field === kind.fields[0]}
      onChange={(value) => setTyped((before) => ({ ...before, [field.name]: value }))}
    />
  );
  const rest = kind.fields.filter((field) => !field.isMain);
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate aria-label={t(`log:kinds.${name}`)}>
      {refused && <p role="alert"><NotTaken error={refused.problem} nameOf={nameOf} /></p>}
      <div className={styles.main}>{kind.fields.filter((field) => field.isMain).map(input)}</div>
      {!entry && <Again kind={kind} figures={figures} onTake={(values) => setTyped((before) => ({ ...before, ...values }))} />}
      {!kind.isTimeless && (
        <When moment={moment} onChange={setMoment} />
      )}
      {rest.length > 0 && (
        <details className={styles.more} open={entry !== undefined}>
          <summary>{t('log:more')}</summary>
          <div className={styles.rest}>{rest.map(input)}</div>
        </details>
      )}
      <div className={styles.foot}>
        <Button type="submit" size="md" loading={save.isPending}>
          {t('common:save')}
        </Button>
        {entry && <Remove kind={kind} id={entry.id} />}
        {refused && <GiveUp refused={refused} />}
      </div>
    </form>
  );
}

/** Now, unless one says otherwise. */
function When({ moment, onChange }: { moment: string; onChange(moment: string): void }) {
  const { t } = useTranslation('log');
  if (moment !== '') return <FieldInput field={{ name: 'occurred_at', type: 'moment' }} value={moment} onChange={onChange} />;
  return (
    <div className={styles.when}>
      <span>{t('now')}</span>
      <Button variant="subtle" size="compact-md" onClick={() => onChange(localMoment(new Date()))}>
        {t('anotherTime')}
      </Button>
    </div>
  );
}

/** An empty moment is now: at the time of saving, not of opening the form. */
function momentOf(entry: Values | undefined, date: string | undefined): string {
  if (entry?.occurred_at) return localMoment(new Date(String(entry.occurred_at)));
  if (typeof entry?.date === 'string') return `${entry.date}T12:00`;
  return date ? `${date}T12:00` : '';
}

function typedOf(kind: Kind, entry: Values, figure: (name: string, value: number) => string): Typed {
  return Object.fromEntries(
    kind.fields.map((field) => {
      const value = entry[field.name];
      if (value == null) return [field.name, ''];
      if (field.type === 'figure') return [field.name, figure(field.name, Number(value))];
      return [field.name, field.type === 'moment' ? localMoment(new Date(String(value))) : String(value)];
    }),
  );
}

type FieldNames = (name: string) => string | undefined;

function useFieldNames(figures: Figures): FieldNames {
  const own = useOwnName();
  return (name) => own(name) ?? figures.of(name)?.label;
}

/** Saves a new entry, or a changed one, and says so. */
function useSave(name: KindName, entry: Entry | undefined, refused: Refused | undefined, nameOf: FieldNames) {
  const { t } = useTranslation(['log', 'common']);
  const { place } = KINDS[name];
  const log = useLogEntry();
  const change = useChangeEntry(place);
  const remove = useRemoveEntry(place);
  const navigate = useNavigate();
  const giveUp = useGiveUp();
  function run(values: Record<string, unknown>, done: () => void) {
    if (entry) {
      const onSuccess = () => {
        toast(t('log:changed'));
        void navigate({ to: '/' });
      };
      change.mutate({ id: entry.id, values }, { onSuccess, onError: (error) => toast(<NotTaken error={error} nameOf={nameOf} />, 'bad') });
      return;
    }
    const undo = (id: string) => remove.mutate(id, { onSuccess: () => toast(t('log:undone')) });
    log.mutate({ place, values, key: newKey() }, { onSuccess: ({ id }) => toast(<Saved onUndo={() => undo(id)} />) });
    if (refused) {
      giveUp(refused.sending.key);
      void navigate({ to: '/log/$kind', params: { kind: name } });
    }
    if (!navigator.onLine) toast(t('log:kept'));
    done();
  }
  return { run, isPending: change.isPending };
}

function NotTaken({ error, nameOf }: { error: unknown; nameOf: FieldNames }) {
  const { t } = useTranslation('log');
  return (
    <>
      {t('refused')} <Why error={error} nameOf={nameOf} />
    </>
  );
}

function Saved({ onUndo }: { onUndo(): void }) {
  const { t } = useTranslation(['log', 'common']);
  return (
    <>
      {t('log:saved')}{' '}
      <Button size="compact-sm" variant="subtle" onClick={onUndo}>
        {t('common:undo')}
      </Button>
    </>
  );
}

function Remove({ kind, id }: { kind: Kind; id: string }) {
  const { t } = useTranslation(['log', 'common']);
  const remove = useRemoveEntry(kind.place);
  const navigate = useNavigate();
  const done = () => {
    toast(t('log:removed'));
    void navigate({ to: '/' });
  };
  return (
    <Button variant="default" size="md" leftSection={<Icon name="trash" size={18} />} loading={remove.isPending} onClick={() => remove.mutate(id, { onSuccess: done, onError: tellWhy })}>
      {t('common:delete')}
    </Button>
  );
}

function GiveUp({ refused }: { refused: Refused }) {
  const { t } = useTranslation('log');
  const navigate = useNavigate();
  const giveUp = useGiveUp();
  const drop = () => {
    giveUp(refused.sending.key);
    void navigate({ to: '/log' });
  };
  return (
    <Button variant="default" size="md" leftSection={<Icon name="trash" size={18} />} onClick={drop}>
      {t('giveUp')}
    </Button>
  );
}
