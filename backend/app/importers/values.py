"""Numbers and instants out of a file; what is none raises BadValueError."""

import datetime as dt
import math
import re

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_LONGEST_NUMBER = 40
_SWAP = str.maketrans(",.", ".,")
# Between thousands: plain, no-break, thin and narrow no-break spaces, and the Swiss apostrophe.
_BETWEEN = re.compile("(?<=\\d)[ \u00a0\u2009\u202f'’](?=\\d{3})")


class BadValueError(ValueError):
    """A cell or field that cannot be read; the message says why and quotes nothing."""


def number(text: str, *, decimal_comma: bool = False) -> float:
    """The number, finite. Thousands may be grouped by what is not the decimal mark."""
    if len(text) > _LONGEST_NUMBER:
        raise BadValueError("a number is longer than any that is measured")
    if text.isascii() and text.isdigit():
        return float(text)
    plain = _BETWEEN.sub("", text.strip().replace("−", "-"))
    if decimal_comma:
        plain = plain.translate(_SWAP)
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise BadValueError("not a number")
    return finite(float(plain))


def finite(value: object) -> float:
    """A number of a JSON document or a database, as long as it is one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValueError("not a number")
    try:
        known = float(value)
    except OverflowError:
        raise BadValueError("a number is too large") from None
    if not math.isfinite(known):
        raise BadValueError("not a finite number")
    return known


def number_or_none(value: object) -> float | None:
    """The number, or None where there is none at all."""
    return None if value is None else finite(value)


def instant(milliseconds: object, offset: dt.tzinfo = dt.UTC) -> dt.datetime:
    """The instant so many milliseconds after 1970."""
    try:
        moment = dt.datetime.fromtimestamp(finite(milliseconds) / 1_000, dt.UTC)
        return in_range(moment).astimezone(offset)
    except (OverflowError, OSError):
        raise BadValueError("the time is out of range") from None
    except BadValueError:
        raise
    except ValueError:
        raise BadValueError("the time is out of range") from None


def offset_of(seconds: object) -> dt.timezone:
    """The zone so many seconds east of Greenwich."""
    try:
        return dt.timezone(dt.timedelta(seconds=round(finite(seconds))))
    except (OverflowError, ValueError):
        raise BadValueError("the offset of the time zone is out of range") from None


def in_range(moment: dt.datetime) -> dt.datetime:
    """The same moment, if anyone can have measured anything then."""
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise BadValueError("the time is out of range")
    return moment
