import { ActionIcon } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/format/useFormats';
import { useKind, useSources, type Sources } from '@/shared/readings/kinds';
import { Card } from '@/shared/ui/Card';
import { Icon } from '@/shared/ui/Icon';
import { tellWhy } from '@/shared/ui/tellWhy';
import { useOrderSources } from './api';
import { moved, placeAt } from './order';
import styles from './Settings.module.css';

/** Whose word goes first where several measured the same; nothing where nobody did. */
export function SourcesPart() {
  const { data } = useSources();
  return data && data.order.length > 0 ? <Order sources={data} /> : null;
}

function Order({ sources }: { sources: Sources }) {
  const { t } = useTranslation(['telling', 'common']);
  const order = useOrderSources();
  const rows = order.isPending ? order.variables : sources.order;
  const [told, setTold] = useState('');
  const put = (from: number, to: number) => {
    const wanted = moved(rows, from, to);
    if (wanted.join('\n') === rows.join('\n')) return;
    setTold(t('telling:placed', { source: rows[from], place: to + 1, of: rows.length }));
    order.mutate(wanted, { onError: tellWhy });
  };
  return (
    <Card title={t('telling:sources')}>
      <p id="sources" className={styles.soft}>
        {t('telling:sourcesText')}
      </p>
      <Rows sources={sources} rows={rows} put={put} />
      <p className="hidden-visually" role="status">
        {told}
      </p>
      <Kinds sources={sources} />
    </Card>
  );
}

/** Each row by its buttons, or dragged by its handle: with a finger too. */
function Rows({ sources, rows, put }: { sources: Sources; rows: readonly string[]; put(from: number, to: number): void }) {
  const { t } = useTranslation('telling');
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const shown = drag ? moved(rows, drag.from, drag.to) : rows;
  const middles = useRef<number[]>([]);
  const grab = (event: PointerEvent, from: number) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    middles.current = [...(list.current?.children ?? [])].map((row) => {
      const { top, height } = row.getBoundingClientRect();
      return top + height / 2;
    });
    setDrag({ from, to: from });
  };
  const drop = () => {
    if (drag) put(drag.from, drag.to);
    setDrag(undefined);
  };
  return (
    <ol ref={list} className={styles.rows}>
      {shown.map((source, index) => (
        <li key={source} className={`${styles.row} ${styles.source} ${drag && index === drag.to ? styles.dragged : ''}`}>
          <span
            className={styles.handle}
            aria-hidden
            onPointerDown={(event) => grab(event, index)}
            onPointerMove={(event) => drag && setDrag({ ...drag, to: placeAt(event.clientY, middles.current, drag.from) })}
            onPointerUp={drop}
            onPointerCancel={() => setDrag(undefined)}
          >
            <Icon name="grip" size={20} />
          </span>
          <div className={styles.told}>
            <strong>{source}</strong>
            <Measures sources={sources} source={source} />
          </div>
          <div className={styles.moves}>
            <ActionIcon variant="default" size={44} aria-label={t('up', { source })} disabled={index === 0} onClick={() => put(index, index - 1)}>
              <Icon name="up" size={16} />
            </ActionIcon>
            <ActionIcon variant="default" size={44} aria-label={t('down', { source })} disabled={index === rows.length - 1} onClick={() => put(index, index + 1)}>
              <Icon name="down" size={16} />
            </ActionIcon>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Measures({ sources: { kinds }, source }: { sources: Sources; source: string }) {
  const formats = useFormats();
  const name = useKind();
  const own = kinds.filter(({ sources }) => sources.includes(source));
  return <span>{formats.list(own.map(({ kind, unit }) => name(kind, unit).label))}</span>;
}

/** What the order comes to for each kind, and the way to what was measured. */
function Kinds({ sources: { kinds } }: { sources: Sources }) {
  const { t } = useTranslation('telling');
  const name = useKind();
  return (
    <details className={styles.fold}>
      <summary>{t('byKind')}</summary>
      <dl className={styles.kinds}>
        {kinds.map(({ kind, unit, sources }) => (
          <div key={kind}>
            <dt>
              <Link to="/readings/$kind" params={{ kind }}>
                {name(kind, unit).label}
              </Link>
            </dt>
            <dd>{sources.join(' › ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
