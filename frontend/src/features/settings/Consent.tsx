import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useConsent, type Profile } from './api';
import styles from './Settings.module.css';

/** Agreeing that figures go to a language-model server; without it nothing is ever sent. */
export function Consent({ profile }: { profile: Profile }) {
  const { t } = useTranslation(['settings', 'common']);
  const consent = useConsent();
  const set = (granted: boolean, notes: boolean) =>
    consent.mutate({ granted, notes }, { onSuccess: () => toast(t('settings:saved')), onError: tellWhy });
  return (
    <Card title={t('settings:consent')}>
      <div className={styles.stack}>
        <p className={styles.soft}>{t('settings:consentText')}</p>
        <Switch
          label={t('settings:consentGive')}
          checked={profile.ai_consent}
          disabled={consent.isPending}
          onChange={(event) => set(event.currentTarget.checked, false)}
        />
        <Switch
          label={t('settings:consentNotes')}
          checked={profile.ai_notes_allowed}
          disabled={!profile.ai_consent || consent.isPending}
          onChange={(event) => set(true, event.currentTarget.checked)}
        />
      </div>
    </Card>
  );
}
