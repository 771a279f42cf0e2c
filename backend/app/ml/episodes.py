"""Findings that tell one story, as one episode."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from app.catalog import CATALOGUE, Catalogue
from app.ml.types import Finding
from app.utils.enums import Severity

QUIET_DAYS = 2
"""An episode goes on as long as its findings lie at most so many days apart."""

_SEVERITIES = tuple(Severity)  # in ascending order


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What an episode knows of a finding; `blamed` is the metric that is blamed most."""

    day: date
    metric: str
    severity: Severity
    score: float
    clinical: str | None
    blamed: str | None

    @classmethod
    def of(cls, finding: Finding) -> "Member":
        most = max(finding.contributions, key=lambda part: part.share, default=None)
        return cls(
            day=finding.day,
            metric=finding.metric,
            severity=finding.severity,
            score=finding.score,
            clinical=finding.clinical,
            blamed=None if most is None else most.metric,
        )


@dataclass(frozen=True, slots=True)
class Episode:
    """Findings of one story in the order in which they came; of one day the gravest first."""

    members: tuple[Member, ...]

    @property
    def onset(self) -> date:
        return self.members[0].day

    @property
    def end(self) -> date:
        """The last day so far."""
        return self.members[-1].day

    @property
    def peak(self) -> Member:
        """The strangest finding, the first of equals."""
        return max(self.members, key=lambda finding: finding.score)

    @property
    def metrics(self) -> tuple[str, ...]:
        """In the order in which they came."""
        return tuple(dict.fromkeys(finding.metric for finding in self.members))

    @property
    def days(self) -> int:
        """The days with a finding."""
        return len({finding.day for finding in self.members})

    @property
    def severity(self) -> Severity:
        """That of the gravest member, and one more where two metrics or two days agree."""
        rank = max(_SEVERITIES.index(finding.severity) for finding in self.members)
        agreed = self.days > 1 or len(self.metrics) > 1
        return _SEVERITIES[min(rank + agreed, len(_SEVERITIES) - 1)]

    def is_open(self, today: date) -> bool:
        """Whether a finding of today would still belong to it."""
        return (today - self.end).days <= QUIET_DAYS


def episodes(
    findings: Iterable[Member], *, catalogue: Catalogue = CATALOGUE
) -> tuple[Episode, ...]:
    """The findings as episodes, in the order of their onsets.

    Two findings are of one story when they share a metric's family, or that of the metric that is
    blamed most, within `QUIET_DAYS`. Days are read one after the other and an episode is never
    split or joined later, so that what is known on a day does not depend on later days. What is
    unusual on one day is one alarm and comes to one episode; a broken clinical limit follows its
    own family alone, so that it never hides in another story.
    """
    known: list[_Draft] = []
    ordered = sorted(findings, key=lambda finding: (finding.day, *_rank(finding)))
    for day, group in groupby(ordered, key=attrgetter("day")):
        live = [draft for draft in known if (day - draft.members[-1].day).days <= QUIET_DAYS]
        known.extend(_told(list(group), live, catalogue))
    return tuple(Episode(tuple(draft.members)) for draft in known)


@dataclass(slots=True)
class _Draft:
    """An episode that may still grow, with the families that it is about."""

    members: list[Member]
    families: set[str]

    def take(self, finding: Member, families: set[str]) -> None:
        self.members.append(finding)
        self.families |= families


def _told(day: Sequence[Member], live: Sequence[_Draft], catalogue: Catalogue) -> list[_Draft]:
    """Give the findings of a day to the live episodes; the new ones that are left."""
    fresh: list[_Draft] = []
    waiting: list[Member] = []
    alarm: _Draft | None = None
    for finding in day:
        families = _families(finding, catalogue)
        home = _home(families, live) or _home(families, fresh)
        if home is None and not _breaks_a_limit(finding, catalogue):
            waiting.append(finding)
            continue
        if home is None:
            home = _Draft([], set())
            fresh.append(home)
        home.take(finding, families)
        if alarm is None and not _breaks_a_limit(finding, catalogue):
            alarm = home
    if waiting and alarm is None:
        alarm = _Draft([], set())
        fresh.append(alarm)
    for finding in waiting:
        assert alarm is not None  # noqa: S101  (for the type checker: made above)
        alarm.take(finding, _families(finding, catalogue))
    return fresh


def _home(families: set[str], drafts: Sequence[_Draft]) -> _Draft | None:
    """The episode that the families belong to: the one told last, the first of equals."""
    related = [draft for draft in drafts if draft.families & families]
    return max(related, key=lambda draft: draft.members[-1].day, default=None)


def _families(finding: Member, catalogue: Catalogue) -> set[str]:
    named = {finding.metric, finding.blamed or finding.metric}
    return {catalogue[key].family if key in catalogue else key for key in named}


def _breaks_a_limit(finding: Member, catalogue: Catalogue) -> bool:
    """Whether it is told for a limit, and not only remarked to lie outside a reference range."""
    if finding.clinical is None or finding.metric not in catalogue:
        return False
    limits = catalogue[finding.metric].limits
    return any(limit.guideline == finding.clinical for limit in limits)


def _rank(finding: Member) -> tuple[int, float, str]:
    return (-_SEVERITIES.index(finding.severity), -finding.score, finding.metric)
