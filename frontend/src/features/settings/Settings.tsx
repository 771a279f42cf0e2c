import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/session/session';
import { Screen } from '@/shared/ui/Screen';
import { Loaded } from '@/shared/ui/states';
import { AccountPart } from './AccountPart';
import { Alarms } from './Alarms';
import { Appearance } from './Appearance';
import { Consent } from './Consent';
import { Dialogs } from './Dialogs';
import { ProfilePart } from './ProfilePart';
import type { Dialog } from './routes';
import { Security } from './Security';
import { SourcesPart } from './SourcesPart';
import { Telling } from './Telling';
import { UnitsPart } from './UnitsPart';
import { Webhooks } from './Webhooks';

export default function Settings() {
  const { t } = useTranslation('settings');
  const me = useMe();
  const { dialog } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const open = (which: Dialog | undefined) => void navigate({ search: { dialog: which }, resetScroll: false });
  return (
    <Screen title={t('title')} over={me.data?.email} narrow>
      <Loaded result={me}>
        {(profile) => (
          <>
            <ProfilePart key={profile.updated_at} profile={profile} />
            <Appearance />
            <UnitsPart />
            <SourcesPart />
            <Alarms />
            <Telling />
            <Webhooks />
            <Consent profile={profile} />
            <Security onOpen={open} />
            <AccountPart onOpen={open} />
            <Dialogs dialog={dialog} onClose={() => open(undefined)} />
          </>
        )}
      </Loaded>
    </Screen>
  );
}
