import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Screen } from '@/shared/ui/Screen';
import { useBegin, useColumnNames } from './api';
import { Chosen } from './Chosen';
import { DropZone } from './DropZone';
import styles from './Import.module.css';
import { ImportCard } from './ImportCard';
import { Imported } from './Imported';
import { JobCard } from './JobCard';
import { OpenImports } from './OpenImports';
import { Refused } from './Refused';
import { sortOf, type Sort } from './sniff';
import { StillHeld } from './StillHeld';
import { Templates } from './Templates';

interface Picked {
  file: File;
  sort: Exclude<Sort, 'any'>;
}

/** Bring your history: a file, what is in it, storing it, and taking it back. */
export default function Import() {
  const { t } = useTranslation('bring');
  const { job, import: id } = useSearch({ from: '/shell/import' });
  const navigate = useNavigate({ from: '/import' });
  const namesOfColumns = useColumnNames();
  const [picked, setPicked] = useState<Picked>();
  const [isEmpty, setEmpty] = useState(false);
  const begin = useBegin();
  const show = (search: { job?: string; import?: string }) => void navigate({ search });
  function bring(file: File) {
    setPicked(undefined);
    begin.mutate(file, { onSuccess: (begun) => show({ import: begun.id }) });
  }
  async function take(file: File) {
    begin.reset();
    setEmpty(file.size === 0);
    if (file.size === 0) return;
    const sort = await sortOf(file, namesOfColumns());
    if (sort === 'any') return bring(file);
    setPicked({ file, sort });
    show({});
  }
  return (
    <Screen title={t('title')} lead={t('lead')} narrow>
      {picked && (
        <Chosen
          key={`${picked.file.name} ${picked.file.lastModified}`}
          {...picked}
          onBegun={(begun) => {
            setPicked(undefined);
            show({ job: begun });
          }}
          onOther={() => bring(picked.file)}
          onCancel={() => setPicked(undefined)}
        />
      )}
      {id && !picked && <ImportCard key={id} id={id} onClose={() => show({})} />}
      {!id && !picked && <DropZone isBusy={begin.isPending} onFile={(file) => void take(file)} />}
      <Refused error={begin.error} />
      {isEmpty && (
        <p role="alert" className={styles.refusal}>
          {t('empty')}
        </p>
      )}
      {job && <JobCard id={job} />}
      <OpenImports except={id} />
      <StillHeld />
      <Imported />
      <Templates />
    </Screen>
  );
}
