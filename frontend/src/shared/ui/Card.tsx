import type { ReactNode } from 'react';
import styles from './Card.module.css';

interface Props {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A white sheet; with a title it is a named region. */
export function Card({ title, aside, children, className = '' }: Props) {
  if (title === undefined) return <div className={`${styles.card} ${className}`}>{children}</div>;
  return (
    <section className={`${styles.card} ${className}`} aria-label={title}>
      <div className={styles.head}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
