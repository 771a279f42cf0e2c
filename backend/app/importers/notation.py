"""How a file writes numbers and dates: found over the whole of it, and asked about where unsure."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from app.importers.protocol import Options, Question
from app.importers.values import BadValueError, in_range, number

_NUMERIC = re.compile(r"^(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})(?!\d)\.?,?[T ]*(.*)$", re.ASCII)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_MONTH_FIRST = re.compile(r"^([^\W\d]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),?\s*(.*)$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[. \-]+([^\W\d]{3,12})\.?[ \-,]+(\d{4}),?\s*(.*)$")
_TIME = re.compile(
    r"^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*"
    r"([ap]\.?\s?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = 60
# Phones put them before AM and PM.
_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari",
            "feb february februar fevrier février febrero febbraio februari",
            "mar march mrz märz mars marzo maart",
            "apr april avril abril aprile",
            "may mai mayo maggio mei maj",
            "jun june juni juin junio giugno",
            "jul july juli juillet julio luglio",
            "aug august aout août agosto augustus",
            "sep sept september septembre septiembre settembre",
            "oct october okt oktober octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre décembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
# 1,234 may be a thousand or a little more than one; 0,123 and 12,5 may not.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[,.]\d{3}", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", re.ASCII)
_DOT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)\.\d+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """A way of writing."""

    day_first: bool = True
    decimal_comma: bool = False

    def number(self, text: str) -> float:
        return number(text, decimal_comma=self.decimal_comma)

    def number_or_none(self, text: str) -> float | None:
        """None for an empty cell, which is not known and not zero."""
        return self.number(text) if text.strip() else None

    def moment(self, date: str, time: str = "") -> dt.datetime:
        """The day at the time that stands behind it or in a cell of its own, else at its start;
        naive unless it says its zone."""
        if date[4:5] == "-" and not time:
            try:
                return in_range(dt.datetime.fromisoformat(date))
            except ValueError:
                pass  # not quite as the norm has it, or out of range: seen below
        day, rest = self._split(date.translate(_SPACES).strip())
        return in_range(_at(day, time.translate(_SPACES).strip() or rest))

    def day(self, text: str) -> dt.date:
        """The day alone."""
        return in_range(dt.datetime.combine(self._split(text.strip())[0], dt.time())).date()

    def _split(self, text: str) -> tuple[dt.date, str]:
        if len(text) > _LONGEST:
            raise BadValueError("not a date")
        if found := _NUMERIC.match(text):
            first, second, third, rest = found.groups()
            if len(first) == 4:
                return _date(int(first), int(second), int(third)), rest
            day, month = (first, second) if self.day_first else (second, first)
            return _date(_year(third), int(month), int(day)), rest
        return _written_out(text)


@dataclass
class Survey:
    """What the cells of a file say about its way of writing, gathered before any is read."""

    day_first: int = 0
    month_first: int = 0
    comma: int = 0
    dot: int = 0
    either: int = 0
    _pairs: Counter[tuple[int, int]] | None = None

    def see_date(self, text: str) -> None:
        if text[4:5] == "-":
            return
        found = _NUMERIC.match(text.strip()[:_LONGEST])
        if found is None or len(found[1]) > 2:
            return
        first, second = int(found[1]), int(found[2])
        self.day_first += first > 12 >= second
        self.month_first += second > 12 >= first
        if first <= 12 and second <= 12:
            if self._pairs is None:
                self._pairs = Counter()
            self._pairs[first, second] += 1

    def see_number(self, text: str) -> None:
        if text.isdigit():
            return
        plain = text.strip()[:_LONGEST]
        if _EITHER.fullmatch(plain):
            self.either += 1 if "," in plain else 0
        elif _COMMA.fullmatch(plain):
            self.comma += 1
        elif _DOT.fullmatch(plain):
            self.dot += 1

    def settle(self, options: Options) -> tuple[Notation, list[Question]]:
        """The way of writing, and what should be asked."""
        day_first, order = self._order(options)
        decimal_comma, mark = self._mark(options)
        return Notation(day_first=day_first, decimal_comma=decimal_comma), order + mark

    def _order(self, options: Options) -> tuple[bool, list[Question]]:
        if options.day_first is not None:
            return options.day_first, []
        if bool(self.day_first) != bool(self.month_first):
            return self.day_first > 0, []
        if self.day_first:
            assumed, reason = self.day_first >= self.month_first, "the dates contradict each other"
        elif self._pairs:
            assumed, reason = self._likelier(), "no date tells the day from the month"
        else:
            return True, []
        return assumed, [Question("day_first", _word(assumed), ("true", "false"), reason)]

    def _likelier(self) -> bool:
        """Day first where that makes fewer months: people hand in weeks rather than years."""
        pairs = self._pairs or Counter()
        return len({second for _, second in pairs}) <= len({first for first, _ in pairs})

    def _mark(self, options: Options) -> tuple[bool, list[Question]]:
        if options.decimal_comma is not None:
            return options.decimal_comma, []
        if self.comma and self.dot:
            assumed, reason = self.comma > self.dot, "numbers are written in two ways"
        elif self.either and not self.comma and not self.dot:
            assumed, reason = False, "a comma may divide thousands or decimals"
        else:
            return self.comma > 0, []
        return assumed, [Question("decimal_comma", _word(assumed), ("true", "false"), reason)]


def _word(yes: bool) -> str:
    return "true" if yes else "false"


def _year(text: str) -> int:
    """Two digits are of this century: nobody's device is older."""
    if len(text) not in (2, 4):
        raise BadValueError("not a date")
    return int(text) + 2_000 if len(text) == 2 else int(text)


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise BadValueError("there is no such day") from None


def _written_out(text: str) -> tuple[dt.date, str]:
    if found := _COMPACT.match(text):
        return _date(int(found[1]), int(found[2]), int(found[3])), ""
    if found := _MONTH_FIRST.match(text):
        return _date(int(found[3]), _month(found[1]), int(found[2])), found[4]
    if found := _DAY_FIRST.match(text):
        return _date(int(found[3]), _month(found[2]), int(found[1])), found[4]
    raise BadValueError("not a date")


def _month(name: str) -> int:
    try:
        return _MONTHS[name.casefold()]
    except KeyError:
        raise BadValueError("not a date") from None


def _at(day: dt.date, text: str) -> dt.datetime:
    if not text:
        return dt.datetime.combine(day, dt.time())
    found = _TIME.match(text[:_LONGEST])
    if found is None:
        raise BadValueError("not a time")
    hour, minute, second = (int(found[n] or 0) for n in (1, 2, 3))
    micro = int((found[4] or "0")[:6].ljust(6, "0"))
    if half := found[5]:
        if not 1 <= hour <= 12:
            raise BadValueError("not a time")
        hour = hour % 12 + 12 * (half[0] in "pP")
    try:
        time = dt.time(hour, minute, second, micro, tzinfo=_zone(found[6]))
    except ValueError:
        raise BadValueError("not a time") from None
    return dt.datetime.combine(day, time)


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes >= 24 * 60:
        raise BadValueError("not a time")
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))
