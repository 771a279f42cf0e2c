import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '@/shared/findings';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { REASONS, useAnswer, type Feedback, type Reason, type Said } from './answers';
import styles from './finding.module.css';

/** The four answers, and taking one back. What was pressed goes; the focus stays where it was. */
export function Answer({ finding }: { finding: Finding }) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef<string>(undefined);
  const keepFocus = (shows: string) => {
    if (before.current !== undefined && before.current !== shows && document.activeElement === document.body)
      place.current?.querySelector('button')?.focus();
    before.current = shows;
  };
  return (
    <div ref={place}>
      <Choices finding={finding} onShow={keepFocus} />
    </div>
  );
}

function Choices({ finding, onShow }: { finding: Finding; onShow(what: string): void }) {
  const { t } = useTranslation(['findings', 'common']);
  const answer = useAnswer(finding);
  const [asksReason, setAsksReason] = useState(false);
  const say = (said: Said) =>
    answer.mutate(said, {
      onSuccess: () => toast(t(said.feedback ? `findings:done.${said.feedback}` : 'findings:done.undone')),
      onError: tellWhy,
    });
  const said: Feedback | null = finding.feedback ?? (finding.is_acknowledged ? 'seen' : null);
  useEffect(() => onShow(`${said} ${asksReason} ${answer.isPending}`), [onShow, said, asksReason, answer.isPending]);
  if (said !== null)
    return (
      <div className={styles.actions}>
        <div className={styles.said}>
          <span>{t(`findings:said.${said}`)}</span>
          <Button variant="subtle" loading={answer.isPending} onClick={() => say({ feedback: null })}>
            {t('common:undo')}
          </Button>
        </div>
      </div>
    );
  if (asksReason)
    return (
      <Reasons
        onChoose={(reason) => {
          setAsksReason(false);
          const kind = REASONS[reason];
          const note = kind === 'other' && reason !== 'other' ? t(`findings:reasons.${reason}`) : null;
          say({ feedback: 'had_reason', reason: { kind, note } });
        }}
        onBack={() => setAsksReason(false)}
      />
    );
  return (
    <div className={styles.actions}>
      <Button size="md" onClick={() => say({ feedback: 'seen' })}>
        {t('findings:seen')}
      </Button>
      <div className={styles.pair}>
        <Button variant="default" onClick={() => setAsksReason(true)}>
          {t('findings:hadReason')}
        </Button>
        <Button variant="default" onClick={() => say({ feedback: 'not_unusual' })}>
          {t('findings:notUnusual')}
        </Button>
      </div>
      <Button variant="subtle" size="sm" onClick={() => say({ feedback: 'useful' })}>
        {t('findings:useful')}
      </Button>
    </div>
  );
}

function Reasons({ onChoose, onBack }: { onChoose(reason: Reason): void; onBack(): void }) {
  const { t } = useTranslation(['findings', 'common']);
  return (
    <div className={styles.actions} role="group" aria-label={t('findings:whichReason')}>
      <strong>{t('findings:whichReason')}</strong>
      <div className={styles.chips}>
        {(Object.keys(REASONS) as Reason[]).map((reason) => (
          <button key={reason} type="button" className={styles.chip} onClick={() => onChoose(reason)}>
            {t(`findings:reasons.${reason}`)}
          </button>
        ))}
      </div>
      <Button variant="subtle" size="sm" onClick={onBack}>
        {t('common:back')}
      </Button>
    </div>
  );
}
