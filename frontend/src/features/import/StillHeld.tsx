import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useAnswerHeld, useHeld, type StillHeld as Group } from './api';
import { HeldRow } from './HeldBack';
import styles from './Import.module.css';
import { LATER } from './preview';

/** Readings of files that are stored, which wait for an answer or have got one that can be changed. */
export function StillHeld() {
  const { t } = useTranslation('bring');
  const { data = [] } = useHeld();
  const waiting = data.filter(({ answer }) => answer === null);
  const answered = data.filter(({ answer }) => answer !== null);
  if (data.length === 0) return null;
  return (
    <Card title={t('stillHeld')}>
      <p className={styles.soft}>{t(waiting.length > 0 ? 'stillHeldText' : 'allAnswered')}</p>
      <Groups groups={waiting} />
      {answered.length > 0 && (
        <details className={styles.more}>
          <summary>{t('answered', { count: answered.length })}</summary>
          <Groups groups={answered} />
        </details>
      )}
    </Card>
  );
}

function Groups({ groups }: { groups: readonly Group[] }) {
  const { t } = useTranslation(['bring', 'common']);
  const answer = useAnswerHeld();
  const say = (id: string) => (way: string) =>
    answer.mutate({ id, answer: way === LATER ? undefined : way }, { onSuccess: () => toast(t(way === LATER ? 'bring:waitsAgain' : 'bring:answerKept')), onError: tellWhy });
  return (
    <ul className={styles.rows}>
      {groups.map((group) => (
        <HeldRow
          key={group.id}
          held={group}
          answer={group.answer ?? LATER}
          told={group.stored > 0 ? `${group.file}, ${t('bring:storedReadings', { count: group.stored })}` : group.file}
          onAnswer={say(group.id)}
        />
      ))}
    </ul>
  );
}
