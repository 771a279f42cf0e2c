import { useTranslation } from 'react-i18next';
import { useSeries } from '@/shared/api/series';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { addDays, daysBetween } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { Screen } from '@/shared/ui/Screen';
import { Sparkline } from '@/shared/ui/Sparkline';
import { EmptyState, Loaded } from '@/shared/ui/states';
import { Tile } from '@/shared/ui/Tile';
import type { Series } from '@/shared/api/series';
import styles from './Trends.module.css';

const DAYS = 90;

/** Every metric that something is known of, by what it is about. */
export default function Trends() {
  const { t } = useTranslation('trends');
  const catalogue = useCatalogue();
  const series = useSeries([...catalogue.keys()], DAYS);
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <Loaded result={series}>
        {({ first, last, series: all }) => {
          const known = all.filter(({ values }) => values.some((value) => value !== null));
          if (known.length === 0) return <EmptyState icon="trends" title={t('empty')} text={t('emptyText')} />;
          return (
            <div className={styles.grid}>
              {known.map((one) => {
                const shown = catalogue.get(one.key);
                return shown && <Small key={one.key} series={one} shown={shown} first={first} last={last} />;
              })}
            </div>
          );
        }}
      </Loaded>
    </Screen>
  );
}

function Small({ series, shown, first, last }: { series: Series; shown: Shown; first: string; last: string }) {
  const { t } = useTranslation('trends');
  const formats = useFormats();
  const at = series.values.findLastIndex((value) => value !== null);
  const value = series.values[at] ?? 0;
  const [low, high] = [series.usual?.low[at], series.usual?.high[at]];
  const ago = daysBetween(addDays(first, at), last);
  return (
    <Tile
      label={shown.label}
      value={shown.figure(value)}
      unit={shown.unit}
      link={{ to: '/trends/$metric', params: { metric: series.key } }}
      aside={<Sparkline values={series.values} low={low} high={high} isOpen />}
      foot={
        <>
          <span>{formats.ago(ago)}</span>
          {low != null && high != null && <span className="figures">{t('usual', { range: shown.range(low, high) })}</span>}
        </>
      }
    />
  );
}
