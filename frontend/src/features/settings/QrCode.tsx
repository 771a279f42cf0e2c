import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import styles from './Settings.module.css';

/** A text for a camera: dark on white in either scheme, since not every reader knows the reverse. */
export default function QrCode({ text }: { text: string }) {
  const { t } = useTranslation('settings');
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return (
    <svg className={styles.qr} role="img" aria-label={t('qr')} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
