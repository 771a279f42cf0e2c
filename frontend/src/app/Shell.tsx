import { useHotkeys } from '@mantine/hooks';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { BRAND } from '@/shared/brand';
import { problemOf } from '@/shared/api/client';
import { useMe } from '@/shared/session/session';
import { places, type Place } from '@/shared/nav';
import { Icon } from '@/shared/ui/Icon';
import { ErrorState, LoadingState } from '@/shared/ui/states';
import { Notices } from './Notices';
import styles from './Shell.module.css';

/** The frame around every screen behind the sign-in: a rail on wide screens, a bar on phones. */
export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: me, error, refetch } = useMe();
  useHotkeys([['l', () => void navigate({ to: '/log' })]]);
  if (me === undefined && error && problemOf(error)?.status !== 401)
    return <ErrorState error={error} retry={() => void refetch()} />;
  if (me === undefined) return <LoadingState count={1} />;
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {t('skip')}
      </a>
      <Rail />
      <div>
        <Notices />
        <main id="main" tabIndex={-1}>
          <Suspense fallback={<LoadingState />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Bar />
    </div>
  );
}

function useLabel() {
  const { t } = useTranslation('nav');
  return (place: Place) => t(place.label as 'today');
}

function Rail() {
  const { t } = useTranslation('nav');
  const label = useLabel();
  const listed = places.filter((place) => place.to !== '/log');
  return (
    <nav className={styles.rail} aria-label={t('places')}>
      <Link to="/" className={styles.brand}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        {BRAND}
      </Link>
      <Link to="/log" className={styles.railLog}>
        <Icon name="log" size={20} />
        {t('log')}
      </Link>
      {listed.map((place, index) => (
        <Link
          key={place.to}
          to={place.to}
          activeOptions={{ exact: place.to === '/', includeSearch: false }}
          className={`${styles.railItem} ${index > 0 && listed[index - 1]?.group !== place.group ? styles.groupGap : ''}`}
        >
          <Icon name={place.icon} size={20} />
          {label(place)}
        </Link>
      ))}
    </nav>
  );
}

function Bar() {
  const { t } = useTranslation('nav');
  const label = useLabel();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inBar = places.filter((place) => place.inBar);
  const isElsewhere = !inBar.some(({ to }) => (to === '/' ? path === '/' : path.startsWith(to)));
  return (
    <nav className={styles.bar} aria-label={t('places')}>
      {inBar.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          activeOptions={{ exact: place.to === '/', includeSearch: false }}
          className={`${styles.barItem} ${place.to === '/log' ? styles.barLog : ''}`}
        >
          <span>
            <Icon name={place.icon} />
          </span>
          <span>{label(place)}</span>
        </Link>
      ))}
      <Link to="/more" className={`${styles.barItem} ${isElsewhere ? 'active' : ''}`}>
        <span>
          <Icon name="more" />
        </span>
        <span>{t('more')}</span>
      </Link>
    </nav>
  );
}
