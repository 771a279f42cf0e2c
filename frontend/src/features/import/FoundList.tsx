import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import type { Preview } from './api';
import styles from './Import.module.css';
import { kindsOf, type FoundKind } from './preview';
import { useNames } from './useNames';

/** What was found, by kind, and how much of it is there already. */
export function FoundList({ preview }: { preview: Preview }) {
  const { t } = useTranslation(['bring', 'log']);
  const kinds = kindsOf(preview.readings);
  if (kinds.length === 0 && preview.entries.length === 0) return <p className={styles.soft}>{t('bring:nothingFound')}</p>;
  return (
    <ul className={styles.rows} aria-label={t('bring:foundLabel')}>
      {kinds.map((kind) => (
        <Kind key={kind.kind} found={kind} />
      ))}
      {preview.entries.map(({ tracker, entries, already_there }) => (
        <Row key={tracker} name={t(`log:kinds.${tracker}` as 'log:kinds.body')} isNew={entries - already_there} alreadyThere={already_there} repeated={0} />
      ))}
    </ul>
  );
}

function Kind({ found }: { found: FoundKind }) {
  const { t } = useTranslation('bring');
  const formats = useFormats();
  const names = useNames();
  const { range, unit: shown } = names.range(found.kind, found.storedUnit, found.low, found.high);
  const units = found.units.map(names.unit).filter((unit) => unit !== shown);
  const told = [
    range,
    ...(units.length > 0 ? [t('inUnits', { units: formats.list(units) })] : []),
    formats.list(found.sources.slice(0, 3)) + (found.sources.length > 3 ? ` +${formats.number(found.sources.length - 3)}` : ''),
  ];
  return <Row name={names.kind(found.kind)} told={told} isNew={found.isNew} alreadyThere={found.alreadyThere} repeated={found.repeated} />;
}

interface RowProps {
  name: string;
  told?: string[];
  isNew: number;
  alreadyThere: number;
  repeated: number;
}

function Row({ name, told = [], isNew, alreadyThere, repeated }: RowProps) {
  const { t } = useTranslation('bring');
  const copies = [...(alreadyThere > 0 ? [t('alreadyThere', { count: alreadyThere })] : []), ...(repeated > 0 ? [t('repeated', { count: repeated })] : [])];
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <strong>{name}</strong>
        {told.length > 0 && <p className={styles.soft}>{told.join(' · ')}</p>}
        {copies.length > 0 && <p className={styles.soft}>{copies.join(' · ')}</p>}
      </div>
      <span className={`${styles.count} figures`}>{t('newOnes', { count: isNew })}</span>
    </li>
  );
}
