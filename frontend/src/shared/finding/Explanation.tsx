import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue, type Shown } from '@/shared/catalogue/catalogue';
import type { Finding } from '@/shared/findings';
import { addDays } from '@/shared/format/format';
import { useFormats } from '@/shared/format/useFormats';
import { readingsBehind } from '@/shared/readings/basis';
import { edgeOf, MARKS, piecesOf, templateOf, type Clause, type Piece, type Places, type Template } from './explanation';
import styles from './finding.module.css';

/** What the finding says, in the reader's language and units; each figure leads to its readings. */
export function Explanation({ finding }: { finding: Finding }) {
  const clauses = finding.evidence.clauses ?? [];
  const pieces = usePieces(finding);
  // One that was found before there were clauses has the English sentence alone.
  if (clauses.length === 0)
    return (
      <p lang="en" dir="ltr">
        {finding.explanation}
      </p>
    );
  return (
    <p className={`${styles.explanation} figures`} data-explanation>
      {pieces(clauses).map((piece, index) => (
        <Fragment key={index}>
          {piece.kind === 'figure' ? (
            <FigureLink finding={finding} metric={piece.metric} of={piece.of}>
              {piece.text}
            </FigureLink>
          ) : (
            piece.text
          )}
        </Fragment>
      ))}
    </p>
  );
}

interface LinkProps {
  finding: Finding;
  metric: string;
  /** Of the finding's day, or of the days that its usual rests on. */
  of: 'day' | 'before';
  children: ReactNode;
}

/** A figure that opens the entries it came from, on the screen of its metric. */
export function FigureLink({ finding: { date, evidence }, metric, of, children }: LinkProps) {
  const catalogue = useCatalogue();
  const { t } = useTranslation('readings');
  const [from, to] = of === 'day' ? [date, date] : [evidence.history_from, addDays(date, -1)];
  const readings = from == null ? undefined : readingsBehind(catalogue, metric, from, to);
  if (readings === undefined) return children;
  return (
    <Link to="/trends/$metric" params={{ metric }} search={{ readings }} className={styles.figure} title={t('open')}>
      {children}
    </Link>
  );
}

function usePieces({ date }: Finding): (clauses: Clause[]) => Piece[] {
  const { t } = useTranslation('findings');
  const formats = useFormats();
  const catalogue = useCatalogue();
  const tell = (template: Template, places: Places, metric: string) => piecesOf(t(`explain.${template}`, MARKS), places, metric);
  const told = (clause: Clause): Piece[] => {
    const shown = catalogue.get(clause.metric);
    if (shown === undefined) return [];
    const places: Places = {
      label: shown.label,
      day: formats.longDay(date),
      guideline: clause.guideline ?? '',
      value: shown.value(clause.value),
      usual: usualOf(clause, shown),
      days: clause.history_days === null ? '' : t('explain.days', { count: clause.history_days }),
    };
    const pieces = tell(templateOf(clause), places, clause.metric);
    const edge = clause.kind === 'outside' ? edgeOf(clause) : null;
    if (edge === null || clause.direction === null) return pieces;
    return [...pieces, { kind: 'text', text: ' ' }, ...tell(`edge.${clause.direction}`, { edge: shown.value(edge) }, clause.metric)];
  };
  return (clauses) => clauses.flatMap((clause, index): Piece[] => (index === 0 ? told(clause) : [{ kind: 'text', text: ' ' }, ...told(clause)]));
}

/** The range, or the middle of it with a space before, where it is all that is known. */
function usualOf({ usual_low: low, usual_high: high, baseline }: Clause, shown: Shown): string {
  if (low !== null && high !== null) return shown.range(low, high);
  return baseline === null ? '' : ` ${shown.value(baseline)}`;
}
