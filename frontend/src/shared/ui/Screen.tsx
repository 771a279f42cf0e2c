import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { Icon } from './Icon';
import styles from './Screen.module.css';

interface Props {
  title: string;
  /** Small, above the title: a date, a kind. */
  over?: string;
  lead?: string;
  /** Buttons beside the title. */
  actions?: ReactNode;
  back?: { to: LinkProps['to']; label: string };
  narrow?: boolean;
  children: ReactNode;
}

/** One screen: its only `h1`, the document's title, and its width. */
export function Screen({ title, over, lead, actions, back, narrow = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · VitalIQ`;
  }, [title]);
  return (
    <div className={`${styles.screen} ${narrow ? styles.narrow : ''}`}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {back && (
            <Link to={back.to} className={styles.back}>
              <Icon name="back" size={18} />
              {back.label}
            </Link>
          )}
          {over && <p className={styles.over}>{over}</p>}
          <h1>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
