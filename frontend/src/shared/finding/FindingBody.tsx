import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import { useSentence, type Finding } from '@/shared/findings';
import { useFormats } from '@/shared/format/useFormats';
import { trackerOf } from '@/shared/trackers';
import { Icon } from '@/shared/ui/Icon';
import { ClinicalMark, UnusualMark } from '@/shared/ui/marks';
import { Answer } from './Answer';
import { Explanation, FigureLink } from './Explanation';
import styles from './finding.module.css';

const MOST_MOVED = 4;

export function FindingBody({ finding }: { finding: Finding }) {
  const formats = useFormats();
  const sentence = useSentence();
  const catalogue = useCatalogue();
  const shown = catalogue.get(finding.metric_name);
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        <p className={styles.soft}>{formats.longDay(finding.date)}</p>
        <p className={styles.sentence}>{sentence(finding, shown)}</p>
        <div className={styles.marks}>
          {finding.is_unusual && <UnusualMark direction={finding.direction} seen={finding.is_acknowledged} />}
          {finding.clinical && <ClinicalMark title={finding.clinical} />}
        </div>
        {finding.clinical && <p className={styles.soft}>{finding.clinical}</p>}
      </div>
      {shown && <Facts finding={finding} shown={shown} />}
      <Explained finding={finding} />
      <Moved finding={finding} catalogue={catalogue} />
      <Logged finding={finding} />
      <Folds finding={finding} catalogue={catalogue} />
      <Answer finding={finding} />
    </div>
  );
}

function Facts({ finding, shown }: { finding: Finding; shown: Shown }) {
  const { t } = useTranslation('findings');
  const { usual_low: low, usual_high: high, metric_value: value } = finding;
  const edge = low != null && value < low ? low : high != null && value > high ? high : undefined;
  const own = { finding, metric: finding.metric_name };
  return (
    <dl className={`${styles.facts} figures`}>
      <Fact name={t('value')}>
        <FigureLink {...own} of="day">
          {shown.value(value)}
        </FigureLink>
      </Fact>
      <Fact name={t('usual')}>
        {low != null && high != null ? (
          <FigureLink {...own} of="before">
            {shown.range(low, high)}
          </FigureLink>
        ) : (
          '–'
        )}
      </Fact>
      <Fact name={t('distance')}>{edge === undefined ? '–' : shown.change(value - edge)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The reason in a sentence, each of whose figures leads to what it came from. */
function Explained({ finding }: { finding: Finding }) {
  const { t } = useTranslation('findings');
  return (
    <section className={styles.part}>
      <h3>{t('explanation')}</h3>
      <Explanation finding={finding} />
      <p className={styles.soft}>{t('noDiagnosis')}</p>
    </section>
  );
}

interface WithCatalogue {
  finding: Finding;
  catalogue: ReadonlyMap<string, Shown>;
}

/** What else carries the finding, and what moved beside it: it alone is called unusual that is. */
function Moved({ finding, catalogue }: WithCatalogue) {
  const { t } = useTranslation('findings');
  const { contributions, also_moved: moved } = finding.evidence;
  const parts = contributions.filter(({ metric }) => metric !== finding.metric_name).slice(0, MOST_MOVED);
  const others = moved.filter(({ metric }) => !contributions.some((part) => part.metric === metric)).slice(0, MOST_MOVED);
  if (parts.length + others.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{t('moved')}</h3>
      <ul className={`${styles.rows} figures`}>
        {parts.map((part) => (
          <MovedRow key={part.metric} finding={finding} catalogue={catalogue} moved={part}>
            <span className={styles.bar} aria-hidden>
              <span style={{ inlineSize: `${part.share * 100}%` }} />
            </span>
          </MovedRow>
        ))}
        {others.map((other) => (
          <MovedRow key={other.metric} finding={finding} catalogue={catalogue} moved={other} />
        ))}
      </ul>
    </section>
  );
}

interface WithMoved extends WithCatalogue {
  moved: Figures & { metric: string };
  children?: ReactNode;
}

interface Figures {
  value: number;
  usual_low?: number | null;
  usual_high?: number | null;
}

/** A metric's value of the day against its own usual range, where one was kept. */
function MovedRow({ finding, catalogue, moved, children }: WithMoved) {
  const { t } = useTranslation('findings');
  const shown = catalogue.get(moved.metric);
  if (!shown) return null;
  const { value, usual_low: low, usual_high: high } = moved;
  const isRangeKnown = typeof low === 'number' && typeof high === 'number';
  return (
    <li className={styles.row}>
      <span>
        {shown.label} {isOutside(moved, shown) && t('isOut')}
      </span>
      <span>
        <FigureLink finding={finding} metric={moved.metric} of="day">
          {isRangeKnown ? t('against', { value: shown.value(value), range: shown.range(low, high) }) : shown.value(value)}
        </FigureLink>
      </span>
      {children}
    </li>
  );
}

/** Outside of the usual range by more than is shown. */
function isOutside({ value, usual_low: low, usual_high: high }: Figures, shown: Shown) {
  const edge = typeof low === 'number' && value < low ? low : typeof high === 'number' && value > high ? high : null;
  return edge !== null && shown.value(edge) !== shown.value(value);
}

/** What was noted that day: tags and what was logged. */
function Logged({ finding }: { finding: Finding }) {
  const { t } = useTranslation('findings');
  if (finding.tags.length + finding.logged.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{t('logged')}</h3>
      <div className={styles.chips}>
        {finding.tags.map((tag) => (
          <span key={tag.id} className={styles.chip}>
            <Icon name="tag" size={16} />
            {t(`reasons.${tag.kind}`)}
            {tag.note && `: ${tag.note}`}
          </span>
        ))}
        {finding.logged.map((entry) => (
          <Link key={entry.id} to="/log/$kind" params={{ kind: 'chronic' }} search={{ entry: entry.id }} className={styles.chip}>
            {[entry.medication_taken, entry.symptoms].filter(Boolean).join(', ')}
          </Link>
        ))}
      </div>
    </section>
  );
}

function Folds({ finding, catalogue }: WithCatalogue) {
  const { t } = useTranslation('findings');
  const formats = useFormats();
  const { history_days: days, history_from: from, sources } = finding.evidence;
  const own = sources.filter(({ metric }) => metric === finding.metric_name);
  const shown = catalogue.get(finding.metric_name);
  return (
    <div className={styles.folds}>
      <details className={styles.fold}>
        <summary>{t('readings', { count: own.length })}</summary>
        <div className={`${styles.chips} figures`}>
          {own.map((source) => {
            const tracker = trackerOf(source.table);
            return (
              tracker && (
                <Link key={source.id} to="/log/$kind" params={{ kind: tracker }} search={{ entry: source.id }} className={styles.chip}>
                  {shown?.value(source.value) ?? source.value}
                </Link>
              )
            );
          })}
        </div>
      </details>
      <details className={styles.fold}>
        <summary>{t('how')}</summary>
        <div className={styles.soft}>
          <p className={styles.soft}>{t(`detector.${finding.detector_type}`)}</p>
          <p className={styles.soft}>{from ? t('restsOnFrom', { count: days, from: formats.shortDay(from) }) : t('restsOn', { count: days })}</p>
          {finding.p_value !== null && <p className={styles.soft}>{t('chance', { share: formats.number(finding.p_value * 100, 1) })}</p>}
        </div>
      </details>
      {finding.explained_by && (
        <details className={styles.fold}>
          <summary>{t('retold', { model: finding.explained_by })}</summary>
          <p lang="en" dir="ltr" className={styles.soft}>
            {finding.explanation}
          </p>
        </details>
      )}
    </div>
  );
}
