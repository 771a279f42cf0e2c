import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BRAND } from '@/shared/brand';
import type { Refusal } from './api';
import styles from './Door.module.css';

interface Props {
  title: string;
  lead: string;
  children: ReactNode;
}

/** The frame of the screens before the sign-in. */
export function Door({ title, lead, children }: Props) {
  const { t } = useTranslation('sign-in');
  useEffect(() => {
    document.title = `${title} · VitalIQ`;
  }, [title]);
  return (
    <main className={styles.door}>
      <div className={styles.sheet}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width={40} height={40} />
          {BRAND}
        </div>
        <div>
          <h1>{title}</h1>
          <p className={styles.lead}>{lead}</p>
        </div>
        {children}
        <p className={styles.small}>{t('disclaimer')}</p>
      </div>
    </main>
  );
}

/** Why it did not work; `needCode` is no failure but the next step. */
export function Told({ refusal }: { refusal: Refusal | undefined }) {
  const { t } = useTranslation('sign-in');
  return (
    <div role="alert">
      {refusal && <p className={refusal === 'needCode' ? styles.hint : styles.refusal}>{t(refusal)}</p>}
    </div>
  );
}
