import styles from './health.module.css';

export interface Share {
  key: string;
  label: string;
  /** Of 1. */
  share: number;
  /** In figures. */
  text: string;
  color: string;
}

/** Parts of a whole: a bar, and the same in words and numbers. */
export function Shares({ label, shares }: { label: string; shares: Share[] }) {
  return (
    <div>
      <div className={styles.bar} aria-hidden>
        {shares
          .filter(({ share }) => share > 0)
          .map(({ key, share, color }) => (
            <span key={key} style={{ flexGrow: share, background: color }} />
          ))}
      </div>
      <ul className={styles.legend} aria-label={label}>
        {shares.map(({ key, label: name, text, color }) => (
          <li key={key}>
            <span className={styles.swatch} style={{ background: color }} aria-hidden />
            <span>{name}</span>
            <b className="figures">{text}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
