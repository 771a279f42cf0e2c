import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/shared/ui/states';

export function NotFound() {
  const { t } = useTranslation(['common', 'nav']);
  return (
    <main>
      <EmptyState icon="info" title={t('common:notFound.title')} text={t('common:notFound.text')} level={1}>
        <Button component={Link} {...{ to: '/' }}>
          {t('nav:today')}
        </Button>
      </EmptyState>
    </main>
  );
}
