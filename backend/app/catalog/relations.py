"""Which metrics cannot but move together, so that their going together says nothing of a person."""

from itertools import combinations

from app.catalog import Aggregation, Catalogue, Column, Lag, Metric, quantity


def comparable_pairs(catalogue: Catalogue) -> tuple[tuple[int, int], ...]:
    """The pairs of metrics, by their places in the catalogue, that may be said to go together."""
    places = combinations(range(len(catalogue.metrics)), 2)
    metrics = catalogue.metrics
    return tuple(
        (first, second)
        for first, second in places
        if not are_tied(metrics[first], metrics[second], catalogue)
    )


def are_tied(first: Metric, second: Metric, catalogue: Catalogue) -> bool:
    """Whether two metrics tell one story, follow from a common column, or are daily sums of the
    same entries, which are all low on a day that is logged by halves."""
    if first.family == second.family:
        return True
    one, other = columns_behind(first, catalogue), columns_behind(second, catalogue)
    columns = {(source.tracker, source.column) for source in one}
    if columns & {(source.tracker, source.column) for source in other}:
        return True
    return bool(_summed(one) & _summed(other))


def columns_behind(metric: Metric, catalogue: Catalogue) -> tuple[Column, ...]:
    """The columns that the metric comes from, through formulas and arithmetic ties."""
    if isinstance(metric.source, Column):
        source = metric.source
        tied = () if source.codes else quantity(source.tracker, source.column).tied_to
        # The ties have no aggregation of their own: they move as the column does.
        return (source, *(_same_day(source, column) for column in tied))
    keys = (part.key if isinstance(part, Lag) else part for part in metric.source.inputs)
    return tuple(column for key in keys for column in columns_behind(catalogue[key], catalogue))


def _same_day(source: Column, column: str) -> Column:
    return Column(tracker=source.tracker, column=column, aggregation=source.aggregation)


def _summed(sources: tuple[Column, ...]) -> set[str]:
    return {source.tracker for source in sources if source.aggregation is Aggregation.SUM}
