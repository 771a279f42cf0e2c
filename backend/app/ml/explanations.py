"""The evidence of a finding, and the plain sentence that a template makes of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.catalog import Catalogue, Metric
from app.ml.types import Contribution, Finding
from app.utils.enums import ClauseKind, Direction
from app.utils.units import display_unit

# strftime would follow the process's locale.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_OTHERS_TOLD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one metric on the day, rounded to the metric's decimals.

    `change` is value minus baseline. `direction` compares the value with the usual range, or with
    the baseline where no range is known; None says that it is on neither side.
    """

    metric: str
    label: str
    unit: str
    decimals: int
    value: float
    baseline: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    change: float | None = None
    direction: Direction | None = None
    history_days: int | None = None

    @property
    def is_at_edge(self) -> bool:
        """Whether the value, as it is shown, is the usual range's own end."""
        return self.value in (self.usual_low, self.usual_high)

    @property
    def inside(self) -> bool:
        """Whether the value is known to lie in the usual range."""
        known = self.usual_low is not None and self.usual_high is not None
        return known and self.direction is None

    def figure(self, value: float) -> str:
        """A value of the metric as shown, with its unit."""
        return f"{value:,.{self.decimals}f}{self._suffix}"

    @property
    def usual(self) -> str | None:
        """The usual range as shown, or the baseline, or None if neither is known."""
        if self.usual_low is not None and self.usual_high is not None:
            return f"{self.usual_low:,.{self.decimals}f} to {self.figure(self.usual_high)}"
        return None if self.baseline is None else self.figure(self.baseline)

    @property
    def _suffix(self) -> str:
        return self.unit if self.unit in ("", "%") else f" {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that may be said of a finding; its own metric's fact stands first.

    `clinical` names the guideline whose limit is broken, `limit_side` the side of that limit.
    """

    day: date
    facts: tuple[Fact, ...]
    clinical: str | None
    unusual: bool
    limit_side: Direction | None = None

    @property
    def guideline(self) -> str | None:
        """The guideline's name without what it says, which is for clinicians."""
        return None if self.clinical is None else self.clinical.partition(":")[0].strip()


def ledger_of(finding: Finding, catalogue: Catalogue) -> Ledger:
    """The finding's evidence. Raises KeyError for a metric that is not in the catalogue."""
    metric = catalogue[finding.metric]
    others = [
        part
        for part in finding.contributions
        if catalogue[part.metric] is not metric and math.isfinite(part.value)
    ]
    main = _fact(metric, finding, history_days=finding.history_days)
    return Ledger(
        day=finding.day,
        facts=(main, *(_fact(catalogue[part.metric], part) for part in others)),
        clinical=finding.clinical,
        unusual=finding.unusual,
        limit_side=_limit_side(finding, metric),
    )


def _fact(
    metric: Metric,
    evidence: Finding | Contribution,
    *,
    history_days: int | None = None,
) -> Fact:
    low, high = evidence.usual_low, evidence.usual_high
    value = round(evidence.value, metric.decimals) + 0.0
    baseline = _rounded(evidence.baseline, metric)
    change = None if baseline is None else round(value - baseline, metric.decimals) + 0.0
    if low is None and high is None:
        direction = _side(change or 0.0, low=0.0, high=0.0)
    else:
        direction = _side(evidence.value, low=low, high=high)
    return Fact(
        metric=metric.key,
        label=metric.label,
        unit=display_unit(metric.unit),
        decimals=metric.decimals,
        value=value,
        baseline=baseline,
        usual_low=_rounded(low, metric),
        usual_high=_rounded(high, metric),
        change=change,
        direction=direction,
        history_days=history_days,
    )


def _rounded(value: float | None, metric: Metric) -> float | None:
    # Adding zero turns -0.0 into 0.0.
    if value is None or not math.isfinite(value):
        return None
    return round(value, metric.decimals) + 0.0


def _side(value: float, *, low: float | None, high: float | None) -> Direction | None:
    if low is not None and value < low:
        return Direction.BELOW
    if high is not None and value > high:
        return Direction.ABOVE
    return None


def _limit_side(finding: Finding, metric: Metric) -> Direction | None:
    if finding.clinical is None:
        return None
    named = [(row.below, row.above) for row in metric.limits if row.guideline == finding.clinical]
    if metric.clinical is not None and metric.guideline == finding.clinical:
        named.append((metric.clinical.low, metric.clinical.high))
    for low, high in named:
        side = _side(finding.value, low=low, high=high)
        if side is not None:
            return side
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One thing that is said of a fact. `side` is where it lies: of the usual, or of the limit of
    the guideline that is named."""

    kind: ClauseKind
    fact: Fact
    side: Direction | None = None
    guideline: str | None = None

    @property
    def is_at_edge(self) -> bool:
        return self.fact.is_at_edge


def clauses_of(ledger: Ledger) -> Iterator[Clause]:
    """All that is said of a finding, in any language: the template's sentence is made of these."""
    main = ledger.facts[0]
    yield Clause(kind=_main_kind(ledger), fact=main, side=main.direction)
    if not ledger.unusual and main.usual and not main.inside:
        yield Clause(kind=ClauseKind.USUAL, fact=main, side=main.direction)
    if ledger.clinical is not None:
        side = ledger.limit_side
        yield Clause(kind=ClauseKind.LIMIT, fact=main, side=side, guideline=ledger.guideline)
    others = ledger.facts[1:]
    moved = [fact for fact in others if fact.direction is not None and not fact.is_at_edge]
    for fact in moved[:_OTHERS_TOLD]:
        yield Clause(kind=ClauseKind.ALSO, fact=fact, side=fact.direction)


def _main_kind(ledger: Ledger) -> ClauseKind:
    main = ledger.facts[0]
    if not ledger.unusual:
        return ClauseKind.WITHIN if main.inside else ClauseKind.VALUE
    if main.inside:
        return ClauseKind.PATTERN
    return ClauseKind.UNUSUAL if main.direction is None else ClauseKind.OUTSIDE


def explain(ledger: Ledger) -> str:
    """One plain sentence that says what the ledger holds and nothing else."""
    clauses = list(clauses_of(ledger))
    also = [_moved(clause.fact) for clause in clauses if clause.kind is ClauseKind.ALSO]
    main, *more = (clause for clause in clauses if clause.kind is not ClauseKind.ALSO)
    said = [_subject(main.fact, ledger.day) + _rest(main), *map(_rest, more)]
    return "; ".join([*said, f"{' and '.join(also)} too"] if also else said) + "."


def _subject(fact: Fact, day: date) -> str:
    return f"{fact.label} {_was(fact)} {fact.figure(fact.value)} on {day_text(day)}"


def _rest(clause: Clause) -> str:
    """What a clause says after its subject."""
    fact = clause.fact
    match clause.kind:
        case ClauseKind.OUTSIDE:
            just = "just " if clause.is_at_edge else ""
            return f", {just}{clause.side} your usual {fact.usual or 'range'}{_history(fact)}"
        case ClauseKind.PATTERN:
            return f"{_within(fact)} but part of an unusual pattern"
        case ClauseKind.UNUSUAL:
            return ", unusual for you"
        case ClauseKind.WITHIN:
            return _within(fact)
        case ClauseKind.USUAL:
            return f"your usual is {fact.usual}{_history(fact)}"
        case ClauseKind.LIMIT:
            return f"that is {clause.side or 'beyond'} a reference limit ({clause.guideline})"
    return ""


def _within(fact: Fact) -> str:
    return f", within your usual {fact.usual}{_history(fact)}"


def _moved(fact: Fact) -> str:
    return f"{_mid_sentence(fact.label)} {_was(fact)} {fact.direction} usual"


def _history(fact: Fact) -> str:
    if not fact.history_days:
        return ""
    return f" ({fact.history_days} earlier day{'s' if fact.history_days > 1 else ''})"


def _was(fact: Fact) -> str:
    return "were" if fact.label.partition(" ")[0].endswith("s") else "was"


def _mid_sentence(label: str) -> str:
    """The label with a small first letter, unless it starts with an abbreviation."""
    first = label.partition(" ")[0]
    return label[0].lower() + label[1:] if first[1:].islower() else label


def day_text(day: date) -> str:
    """The day as in "12 March 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
