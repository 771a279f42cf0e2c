"""The figures as tables."""

from collections.abc import Sequence

from benchmarks.api.rounds import BARE, LIMIT, LOGINS, Figure, Logins

OURS = "VitalIQ"


def operations(figures: Sequence[Figure]) -> str:
    """One row an operation and contender; shares are of processor time, 1 is PostgreSQL alone."""
    head = (
        f"{'operation':14} {'who':26} {'program':>8} {'postgres':>8} {'of limit':>8} "
        f"{'of bare':>8} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'p99/p50':>7} {'load':>5}"
    )
    return "\n".join([head, *(_row(figure, figures) for figure in figures)])


def peers(figures: Sequence[Figure]) -> str:
    """How many times VitalIQ's processor time others need."""
    rows = ["processor time of others for the same, VitalIQ = 1"]
    for figure in figures:
        if figure.who not in (OURS, LIMIT, BARE):
            times = figure.total / _of(figures, figure.operation, OURS)
            rows.append(f"{figure.operation:14} {figure.who:26} {times:8.1f}")
    return "\n".join(rows)


def logins(figure: Logins) -> str:
    more = figure.p99_during - figure.p99
    return (
        f"a list now and then: p50 {figure.p50:.1f} ms, p99 {figure.p99:.1f} ms; while "
        f"{LOGINS} sign in at once: p99 {figure.p99_during:.1f} ms, {more:.1f} ms more"
    )


def share(figures: Sequence[Figure], figure: Figure, limit: str) -> float | None:
    """The limit's processor time in that of the figure; None where the limit was not measured."""
    known = {f.who for f in figures if f.operation == figure.operation}
    return _of(figures, figure.operation, limit) / figure.total if limit in known else None


def _row(figure: Figure, figures: Sequence[Figure]) -> str:
    cost = figure.cost
    shares = (share(figures, figure, limit) for limit in (LIMIT, BARE))
    told = " ".join(f"{'-':>8}" if part is None else f"{part:8.2f}" for part in shares)
    latency = (
        f"{cost.p50:7.1f} {cost.p99:7.1f} {cost.p99 / cost.p50:7.1f} {cost.load:5.2f}"
        if cost.p50
        else ""
    )
    return (
        f"{figure.operation:14} {figure.who:26} {cost.program:8.0f} {cost.postgres:8.0f} {told} "
        f"{cost.a_second:7.0f} {latency}"
    ).rstrip()


def _of(figures: Sequence[Figure], operation: str, who: str) -> float:
    return next(f.total for f in figures if (f.operation, f.who) == (operation, who))
