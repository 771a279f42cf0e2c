import { Button, NativeSelect } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { Said } from '@/shared/i18n/Said';
import { useReadAnew, type Import, type Preview } from './api';
import styles from './Import.module.css';
import { optionsOf, topicOf, type Question } from './preview';
import { Refused } from './Refused';
import { useNames } from './useNames';

/** What the file leaves open, with what was assumed; and the time zone, which only the person knows. */
export function Questions({ one, preview }: { one: Import; preview: Preview }) {
  const { t } = useTranslation('bring');
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const anew = useReadAnew(one.id);
  const choose = (option: string) => (answer: string) => setAnswers({ ...answers, [option]: answer });
  function submit(event: FormEvent) {
    event.preventDefault();
    const asked = Object.fromEntries(preview.questions.map(({ option, assumed }) => [option, assumed]));
    anew.mutate(optionsOf(one, { ...asked, ...answers }));
  }
  const form = (
    <form className={styles.stack} onSubmit={submit}>
      <div className={styles.questions}>
        {preview.questions.map((question) => (
          <Asked key={question.option} question={question} value={answers[question.option] ?? question.assumed} onChoose={choose(question.option)} />
        ))}
        <NativeSelect
          label={t('question.zone')}
          description={t('question.zoneText')}
          value={answers.zone ?? preview.zone}
          data={zonesWith(preview.zone)}
          onChange={({ currentTarget: { value } }) => choose('zone')(value)}
        />
      </div>
      <Refused error={anew.error} />
      <div className={styles.pair}>
        <Button type="submit" variant="default" size="md" loading={anew.isPending}>
          {t('readAnew')}
        </Button>
      </div>
    </form>
  );
  if (preview.questions.length > 0) return <Card title={t('questions')}>{form}</Card>;
  return (
    <Card>
      <details className={styles.more}>
        <summary>{t('noQuestions')}</summary>
        {form}
      </details>
    </Card>
  );
}

interface AskedProps {
  question: Question;
  value: string;
  onChoose(answer: string): void;
}

function Asked({ question: { option, choices, assumed, reason }, value, onChoose }: AskedProps) {
  const { t, i18n } = useTranslation('bring');
  const names = useNames();
  const { topic, column } = topicOf(option);
  const known = i18n.exists(`bring:question.${topic}`);
  const label = known ? t(`question.${topic}` as 'question.units', { column }) : option;
  const nameOf = (choice: string) => {
    if (i18n.exists(`bring:choice.${topic}.${choice}`)) return t(`choice.${topic}.${choice}` as 'choice.day_first.true');
    if (topic === 'units') return choice === '1' ? t('fraction') : names.unit(choice);
    return topic === 'mapping' ? names.kind(choice) : choice;
  };
  return (
    <NativeSelect
      label={label}
      description={<Said sentence={reason} />}
      value={value}
      data={[...new Set([assumed, ...choices])].map((choice) => ({ value: choice, label: nameOf(choice) }))}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    />
  );
}

function zonesWith(own: string): string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
}
