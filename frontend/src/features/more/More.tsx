import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { places, type Place } from '@/shared/nav';
import { signOut } from '@/shared/session/session';
import { Icon } from '@/shared/ui/Icon';
import { Screen } from '@/shared/ui/Screen';
import styles from './More.module.css';

/** On a phone: the places that the bar has no room for. */
export default function More() {
  const { t } = useTranslation(['more', 'nav']);
  const group = (name: Place['group']) => places.filter((place) => place.group === name && !place.inBar);
  return (
    <Screen title={t('title')}>
      {(['health', 'account'] as const).map((name) => (
        <section key={name} aria-label={t(`nav:${name}`)} hidden={name === 'health' && group(name).length === 0}>
          <h2 className={styles.heading}>{t(`nav:${name}`)}</h2>
          <ul className={styles.list}>
            {group(name).map((place) => (
              <li key={place.to}>
                <Link to={place.to} className={styles.item}>
                  <Icon name={place.icon} />
                  {t(`nav:${place.label}` as 'nav:today')}
                </Link>
              </li>
            ))}
            {name === 'account' && (
              <li>
                <button type="button" className={styles.item} onClick={() => void signOut()}>
                  <Icon name="key" />
                  {t('signOut')}
                </button>
              </li>
            )}
          </ul>
        </section>
      ))}
    </Screen>
  );
}
