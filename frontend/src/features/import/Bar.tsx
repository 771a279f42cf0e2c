import styles from './Import.module.css';

/** How far something is; without a share, that it goes on. */
export function Bar({ label, share }: { label: string; share?: number }) {
  return (
    <div className={styles.progress}>
      <span>{label}</span>
      <progress className={styles.bar} aria-label={label} value={share} max={1} />
    </div>
  );
}
