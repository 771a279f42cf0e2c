import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Screen } from '@/shared/ui/Screen';
import { Chosen } from './Chosen';
import { DropZone } from './DropZone';
import { Imported } from './Imported';
import { JobCard } from './JobCard';

/** Bring your history: a file, how far it is, what came of it, and taking it back. */
export default function Import() {
  const { t } = useTranslation('bring');
  const { job } = useSearch({ from: '/shell/import' });
  const navigate = useNavigate({ from: '/import' });
  const [file, setFile] = useState<File>();
  const show = (id: string | undefined) => void navigate({ search: { job: id }, replace: true });
  return (
    <Screen title={t('title')} lead={t('lead')} narrow>
      {file ? (
        <Chosen
          key={`${file.name} ${file.lastModified}`}
          file={file}
          onBegun={(id) => {
            setFile(undefined);
            show(id);
          }}
          onCancel={() => setFile(undefined)}
        />
      ) : (
        <DropZone
          onFile={(chosen) => {
            show(undefined);
            setFile(chosen);
          }}
        />
      )}
      {job && <JobCard id={job} />}
      <Imported />
    </Screen>
  );
}
