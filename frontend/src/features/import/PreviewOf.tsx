import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { said } from '@/shared/i18n/said';
import { Card } from '@/shared/ui/Card';
import { useCommit, useReadAnew, type Import, type Preview } from './api';
import { FoundList } from './FoundList';
import { HeldBack } from './HeldBack';
import styles from './Import.module.css';
import { answered, newIn } from './preview';
import { Problems } from './Problems';
import { Questions } from './Questions';
import { Refused } from './Refused';

interface Props {
  one: Import;
  preview: Preview;
  cancel: ReactNode;
}

/** What is in the file, before anything of it is stored. */
export function PreviewOf({ one, preview, cancel }: Props) {
  const { t } = useTranslation('bring');
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const commit = useCommit(one.id);
  const count = newIn(preview, answers);
  // How many of those held back stand twice, or are there already, shows only when they are read.
  const isSure = count === newIn(preview, {});
  return (
    <>
      <Card title={one.name}>
        <div className={styles.stack}>
          <About preview={preview} />
          {preview.template && <FromTemplate one={one} name={preview.template.name} />}
          <FoundList preview={preview} />
          <Problems problems={preview.problems} />
        </div>
      </Card>
      <HeldBack held={preview.held} answers={answers} onAnswer={(group, way) => setAnswers({ ...answers, [group]: way })} />
      <Questions key={JSON.stringify(one.options)} one={one} preview={preview} />
      <Card className={styles.last}>
        <p className={styles.soft}>{t(count > 0 || preview.held.length > 0 ? 'nothingYet' : 'nothingNew')}</p>
        <Refused error={commit.error} />
        <div className={styles.pair}>
          {(count > 0 || preview.held.length > 0) && (
            <Button size="md" loading={commit.isPending} onClick={() => commit.mutate(answered(answers))}>
              {count > 0 ? t(isSure ? 'store' : 'storeUpTo', { count }) : t('keepHeld')}
            </Button>
          )}
          {cancel}
        </div>
      </Card>
    </>
  );
}

/** What was answered about such a table before is applied, unless the person says otherwise. */
function FromTemplate({ one, name }: { one: Import; name: string }) {
  const { t } = useTranslation('bring');
  const anew = useReadAnew(one.id);
  const { zone } = one.options as { zone?: string };
  return (
    <div className={styles.pair}>
      <p className={styles.soft}>{t('fromTemplate', { name })}</p>
      <Button variant="subtle" loading={anew.isPending} onClick={() => anew.mutate({ template: false, ...(zone ? { zone } : {}) })}>
        {t('withoutTemplate')}
      </Button>
      <Refused error={anew.error} />
    </div>
  );
}

function About({ preview }: { preview: Preview }) {
  const { t, i18n } = useTranslation('bring');
  const formats = useFormats();
  const { first, last } = preview;
  const facts: [string, string][] = [
    [t('format'), said(preview.format.title, i18n.language).text],
    ...(first && last ? [[t('span'), formats.dates(first, last)] satisfies [string, string]] : []),
    [t('zone'), preview.zone],
  ];
  return (
    <dl className={styles.about}>
      {facts.map(([name, told]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{told}</dd>
        </div>
      ))}
    </dl>
  );
}
