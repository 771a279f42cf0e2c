import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFinding } from '@/shared/findings';
import { Icon } from '@/shared/ui/Icon';
import { Sheet } from '@/shared/ui/Sheet';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { FindingBody } from './FindingBody';
import styles from './finding.module.css';

interface Props {
  /** The findings to look through, the one to begin with first; none closes the sheet. */
  ids: string[];
  onClose(): void;
}

/** Why a day stands out, and what its owner says to that. */
export function FindingSheet({ ids, onClose }: Props) {
  const { t } = useTranslation('findings');
  return (
    <Sheet title={t('title')} opened={ids.length > 0} onClose={onClose}>
      {ids.length > 0 && <Findings key={ids.join('.')} ids={ids} />}
    </Sheet>
  );
}

function Findings({ ids }: { ids: string[] }) {
  const [at, setAt] = useState(0);
  const finding = useFinding(ids[at]);
  return (
    <>
      {ids.length > 1 && <Steps at={at} of={ids.length} go={setAt} />}
      <Loaded result={finding} loading={<LoadingState count={1} />}>
        {(found) => <FindingBody finding={found} />}
      </Loaded>
    </>
  );
}

/** Through a cluster: "1 of 3". */
function Steps({ at, of, go }: { at: number; of: number; go(to: number): void }) {
  const { t } = useTranslation('findings');
  return (
    <div className={styles.steps}>
      <ActionIcon variant="default" size={40} aria-label={t('before')} disabled={at === 0} onClick={() => go(at - 1)}>
        <Icon name="back" size={18} />
      </ActionIcon>
      <span className="figures" aria-live="polite">
        {t('step', { at: at + 1, of })}
      </span>
      <ActionIcon variant="default" size={40} aria-label={t('after')} disabled={at === of - 1} onClick={() => go(at + 1)}>
        <Icon name="forward" size={18} />
      </ActionIcon>
    </div>
  );
}
