"""CSV as apps write it."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence


def table(rows: Iterable[Sequence[object]], *, delimiter: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def with_comma(value: float) -> str:
    return str(value).replace(".", ",")


def local(text: str) -> dt.datetime:
    """A time on a clock that does not say its zone."""
    return dt.datetime.fromisoformat(text)
