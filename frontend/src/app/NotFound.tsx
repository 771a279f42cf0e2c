import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/shared/ui/states';

export function NotFound() {
  const { t } = useTranslation();
  return <EmptyState icon="info" title={t('notFound.title')} text={t('notFound.text')} />;
}
