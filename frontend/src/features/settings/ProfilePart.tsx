import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/client';
import { readNumber } from '@/shared/format/format';
import { Why } from '@/shared/i18n/Why';
import { usePreferences } from '@/shared/session/preferences';
import { toShown, toStored, type Measured } from '@/shared/units/units';
import { Card } from '@/shared/ui/Card';
import { tellWhy } from '@/shared/ui/tellWhy';
import { toast } from '@/shared/ui/toast';
import { useChangeProfile, type Profile } from './api';
import styles from './Settings.module.css';

const HEIGHT: Measured = { unit: 'cm', family: '' };

export function ProfilePart({ profile }: { profile: Profile }) {
  const { t } = useTranslation(['settings', 'common', 'units']);
  const change = useChangeProfile();
  const unit = usePreferences().units.length ?? HEIGHT.unit;
  const [wrong, setWrong] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => String(form.get(name)).trim() || null;
    const height = given('height');
    const figure = height === null ? null : readNumber(height);
    change.reset();
    if (figure === undefined) return setWrong('height_cm');
    const changes = {
      name: given('name'),
      date_of_birth: given('birth'),
      sex: given('sex') as Profile['sex'],
      height_cm: figure === null ? null : toStored(figure, HEIGHT, unit),
      timezone: String(form.get('timezone')),
    };
    setWrong(undefined);
    change.mutate(changes, {
      onSuccess: () => toast(t('settings:saved')),
      onError: (error) => {
        const field = problemOf(error)?.errors[0]?.loc.at(-1);
        if (field === undefined) tellWhy(error);
        else setWrong(String(field));
      },
    });
  }

  const height = profile.height_cm === null ? '' : String(Number(toShown(profile.height_cm, HEIGHT, unit).toFixed(1)));
  const misfit = (name: string) => wrong === name && (change.error ? <Why error={change.error} /> : t('common:error.field'));
  return (
    <Card title={t('settings:profile')}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput name="name" label={t('settings:name')} defaultValue={profile.name ?? ''} autoComplete="name" maxLength={200} error={misfit('name')} />
        <TextInput name="birth" type="date" label={t('settings:birth')} defaultValue={profile.date_of_birth ?? ''} error={misfit('date_of_birth')} />
        <TextInput name="height" label={t('settings:height', { unit: t(`units:${unit}` as 'units:cm') })} inputMode="decimal" defaultValue={height} error={misfit('height_cm')} />
        <NativeSelect
          name="sex"
          label={t('settings:sex')}
          defaultValue={profile.sex ?? ''}
          data={[{ value: '', label: '–' }, ...(['female', 'male', 'other'] as const).map((value) => ({ value, label: t(`settings:sexes.${value}`) }))]}
        />
        <NativeSelect name="timezone" label={t('settings:timezone')} description={t('settings:timezoneText')} defaultValue={profile.timezone} data={zonesWith(profile.timezone)} />
        <div className={styles.end}>
          <Button type="submit" loading={change.isPending}>
            {t('common:save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function zonesWith(own: string): string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
}
