import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { local } from '@/shared/api/store';
import { useCatalogue } from '@/shared/catalogue/catalogue';
import { useEntry, useRefused, type Place, type Sending, type Values } from '@/shared/entries';
import { Card } from '@/shared/ui/Card';
import { Icon } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import { Loaded, LoadingState } from '@/shared/ui/states';
import { Form } from './Form';
import { KIND_NAMES, kindOf, KINDS, type KindName } from './kinds';
import type { LogSearch } from './routes';
import styles from './Log.module.css';

const LAST = 'last kind';

/** Log something: without a kind in the address, the one that was logged last. */
export default function Log() {
  const { t } = useTranslation('log');
  const params: { kind?: string } = useParams({ strict: false });
  const search: LogSearch = useSearch({ strict: false });
  const kind = useKind(params.kind);
  const catalogue = useCatalogue();
  const refused = useRefused().find(({ sending }) => sending.key === search.refused);
  if (kind === undefined || catalogue.size === 0) return <LoadingState count={1} />;
  return (
    <Screen title={t(search.entry ? 'change' : refused ? 'correct' : 'title')} narrow>
      {!search.entry && !refused && <Kinds current={kind} />}
      <Card>
        {search.entry && <Change kind={kind} id={search.entry} />}
        {refused && <Form key={refused.sending.key} kind={kindFor(refused.sending)} refused={refused} />}
        {!search.entry && !refused && <Form key={kind} kind={kind} date={search.date} />}
      </Card>
    </Screen>
  );
}

function useKind(named: string | undefined): KindName | undefined {
  const [last, setLast] = useState<KindName>();
  const given = kindOf(named);
  useEffect(() => {
    if (given) void local.set(LAST, given);
    else void local.get<string>(LAST).then((kept) => setLast(kindOf(kept) ?? 'body'));
  }, [given]);
  return given ?? last;
}

function Kinds({ current }: { current: KindName }) {
  const { t } = useTranslation('log');
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // On a phone the row scrolls: the chosen one is in view.
    const chosen = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (chosen && list.current) list.current.scrollLeft = chosen.offsetLeft - list.current.offsetLeft - 16;
  }, [current]);
  return (
    <nav aria-label={t('what')}>
      <ul ref={list} className={styles.kinds}>
        {KIND_NAMES.map((name) => (
          <li key={name}>
            <Link
              to="/log/$kind"
              params={{ kind: name }}
              replace
              className={`${styles.kind} ${name === current ? styles.current : ''}`}
              aria-current={name === current ? 'page' : undefined}
            >
              <Icon name={KINDS[name].icon} size={18} />
              {t(`kinds.${name}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Change({ kind, id }: { kind: KindName; id: string }) {
  const entry = useEntry(KINDS[kind].place, id);
  return (
    <Loaded result={entry} loading={<LoadingState count={1} />}>
      {(found) => <Form key={`${found.id} ${String(found.version)}`} kind={fitting(kind, found)} entry={found} />}
    </Loaded>
  );
}

/** Two kinds share a tracker: the entry itself says which it is. */
function fits(name: KindName, place: Place, entry: Values): boolean {
  const kind = KINDS[name];
  return kind.place === place && (!('includes' in kind) || kind.includes(entry));
}

function fitting(kind: KindName, entry: Values): KindName {
  const { place } = KINDS[kind];
  return fits(kind, place, entry) ? kind : (KIND_NAMES.find((name) => fits(name, place, entry)) ?? kind);
}

function kindFor({ place, values }: Sending): KindName {
  return KIND_NAMES.find((name) => fits(name, place, values)) ?? 'body';
}
