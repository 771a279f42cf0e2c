"""The columns of a daily table: which metric of the catalogue each one holds, if any."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.catalog import Aggregation, Catalogue, Column, Metric, Range, quantity
from app.errors import InvalidInputError

SKIP = "-"
_DATE_NAMES = ("date", "day")
_COMPUTED = "computed from the readings"
_UNKNOWN = "not a metric of the catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """A column of the file that is imported; `nth` counts the columns of one metric from 0."""

    position: int
    name: str
    metric: Metric
    source: Column
    nth: int

    @property
    def plausible(self) -> Range:
        """What one entry may hold; for a column of codes, what the codes span."""
        if self.source.codes:
            return self.metric.plausible
        return quantity(self.source.tracker, self.source.column).plausible

    @property
    def integer(self) -> bool:
        return not self.source.codes and quantity(self.source.tracker, self.source.column).integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`date` is the position of the date; `ignored` says why a column is not imported."""

    names: tuple[str, ...]
    date: int
    columns: tuple[FileColumn, ...]
    ignored: Mapping[str, str]


def read_header(names: Sequence[str], mapping: Mapping[str, str], catalogue: Catalogue) -> Header:
    """What the first line announces. `mapping` goes before what a column is called.

    A name that stands for a metric which another column gives already is ignored, so that nothing
    is counted twice; several columns are several readings only where the mapping says so.

    Raises InvalidInputError without a date column, without any column to import, and for a
    mapping that does not fit the file or the catalogue.
    """
    importable = {metric.key: (metric, source) for metric, source in _importable(catalogue)}
    known = _known(importable, catalogue)
    _check(mapping, names, importable, catalogue)
    day = _date_position(names, mapping)
    if day is None:
        raise InvalidInputError(f"The file has no column for the date. {known}")
    chosen, ignored = _choose(names, mapping, importable, catalogue, skipping=day)
    if not chosen:
        raise InvalidInputError(f"The file has no column that can be imported. {known}")
    columns: list[FileColumn] = []
    so_far: Counter[str] = Counter()
    for position in sorted(chosen):
        metric, source = importable[chosen[position]]
        columns.append(
            FileColumn(
                position=position,
                name=names[position],
                metric=metric,
                source=source,
                nth=so_far[metric.key],
            )
        )
        so_far[metric.key] += 1
    return Header(names=tuple(names), date=day, columns=tuple(columns), ignored=ignored)


def _importable(catalogue: Catalogue) -> Iterator[tuple[Metric, Column]]:
    """The metrics that are a day's reading as such. Others of the same entries, such as their
    lowest or their spread, follow from the readings, and so do formulas and computed columns."""
    seen = set()
    for metric, source in catalogue.columns():
        entries = (source.tracker, source.column, tuple(source.where.items()))
        computed = not source.codes and quantity(source.tracker, source.column).computed
        if entries not in seen and not computed:
            seen.add(entries)
            yield metric, source


def _known(importable: Mapping[str, object], catalogue: Catalogue) -> str:
    names = [
        f"{key} ({', '.join(catalogue[key].aliases)})" if catalogue[key].aliases else key
        for key in importable
    ]
    return f"Known columns: {' or '.join(_DATE_NAMES)}; {', '.join(names)}."


def _check(
    mapping: Mapping[str, str],
    names: Sequence[str],
    importable: Mapping[str, tuple[Metric, Column]],
    catalogue: Catalogue,
) -> None:
    for name, wanted in mapping.items():
        if name not in names:
            raise InvalidInputError(f"The mapping names {name}, which the file does not have.")
        if wanted in (SKIP, *_DATE_NAMES):
            continue
        if wanted not in catalogue:
            raise InvalidInputError(
                f"{name} is mapped to {wanted}, which is {_UNKNOWN}. "
                f"{_known(importable, catalogue)}"
            )
        if catalogue[wanted].key not in importable:
            raise InvalidInputError(f"{name} is mapped to {wanted}, which is {_COMPUTED}.")
    _check_several(mapping, importable, catalogue)


def _check_several(
    mapping: Mapping[str, str],
    importable: Mapping[str, tuple[Metric, Column]],
    catalogue: Catalogue,
) -> None:
    """Several readings a day add up or are averaged; which of them is the last, a table does not
    say."""
    wanted = Counter(catalogue[key].key for key in mapping.values() if key in catalogue)
    for key, times in wanted.items():
        if times > 1 and importable[key][1].aggregation is Aggregation.LAST:
            raise InvalidInputError(
                f"{times} columns are mapped to {key}, whose value is the last of the day: "
                f"map one of them, the others to {SKIP}."
            )


def _date_position(names: Sequence[str], mapping: Mapping[str, str]) -> int | None:
    called = [mapping.get(name, name.lower()) for name in names]
    return next((called.index(name) for name in _DATE_NAMES if name in called), None)


def _choose(
    names: Sequence[str],
    mapping: Mapping[str, str],
    importable: Mapping[str, tuple[Metric, Column]],
    catalogue: Catalogue,
    *,
    skipping: int,
) -> tuple[dict[int, str], dict[str, str]]:
    """By position the metric's key, and by name why a column is ignored."""
    chosen = {
        position: catalogue[mapping[name]].key
        for position, name in enumerate(names)
        if mapping.get(name) in catalogue and position != skipping
    }
    ignored: dict[str, str] = {}
    for position, name in enumerate(names):
        if position in chosen or position == skipping:
            continue
        called = mapping.get(name, name.lower())
        key = catalogue[called].key if called in catalogue else None
        if key in importable and key not in chosen.values():
            chosen[position] = key
        else:
            ignored[name] = _why_ignored(called, key, importable)
    return chosen, ignored


def _why_ignored(called: str, key: str | None, importable: Mapping[str, object]) -> str:
    if called == SKIP:
        return "skipped as asked"
    if called.startswith("label_"):
        return "label"
    if key is None:
        return _UNKNOWN
    return f"{key} is read from another column" if key in importable else _COMPUTED
