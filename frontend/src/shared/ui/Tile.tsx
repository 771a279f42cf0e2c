import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './Tile.module.css';

interface Props {
  label: string;
  value: string;
  unit?: string;
  /** Beside the value: a sparkline. */
  aside?: ReactNode;
  /** Below it: a range pill, or how far learning is. */
  children?: ReactNode;
  /** The state in words and marks. */
  foot?: ReactNode;
  link?: Pick<LinkProps, 'to' | 'params' | 'search'>;
}

/** One metric: what it is, its value, its usual range, and its state in words. */
export function Tile({ label, value, unit, aside, children, foot, link }: Props) {
  const inside = (
    <>
      <div className={styles.top}>
        <div>
          <div className={styles.label}>{label}</div>
          <div className={`${styles.value} figures`}>
            {value}
            {unit && <span className={styles.unit}>{unit}</span>}
          </div>
        </div>
        {aside}
      </div>
      {children}
      {foot && <div className={styles.foot}>{foot}</div>}
    </>
  );
  if (link === undefined) return <div className={styles.tile}>{inside}</div>;
  return (
    <Link {...(link as LinkProps)} className={styles.tile}>
      {inside}
    </Link>
  );
}
