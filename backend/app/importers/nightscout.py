"""Nightscout's entries.json: glucose of a sensor (sgv) and of a meter (mbg), always in mg/dL."""

import datetime as dt
import re
from collections.abc import Iterator

from app.importers import json_stream
from app.importers.glucose_words import LIMITS
from app.importers.json_stream import field
from app.importers.local_time import shown_in
from app.importers.protocol import File, Item, Options, Problem, Reading
from app.importers.text import clean
from app.importers.values import BadValueError, finite, instant

_ENTRY = re.compile(rb'"type"\s*:\s*"(?:sgv|mbg|cal)"|"sgv"\s*:')
_UNIT = "mg/dL"
# What receivers store for LOW and HIGH; less than that are codes of errors.
_LOW, _HIGH = 39, 401


class Nightscout:
    """Glucose of any sensor that Nightscout collects."""

    key = "nightscout"
    title = "Nightscout entries (JSON)"

    def sniff(self, file: File) -> bool:
        head = file.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return head.startswith(b"[") and _ENTRY.search(head) is not None

    def read(self, file: File, options: Options) -> Iterator[Item]:
        for number, entry in enumerate(json_stream.items(file.content, "item")):
            where = f"entry {number}"
            try:
                yield from _readings(entry, where, options)
            except BadValueError as error:
                yield Problem(where, str(error))


def _readings(entry: object, where: str, options: Options) -> Iterator[Reading]:
    if not isinstance(entry, dict):
        raise BadValueError("not an entry")
    name = next((name for name in ("sgv", "mbg") if entry.get(name) is not None), None)
    if name is None:
        return
    value, censor = _value(finite(entry[name]), is_sensor=name == "sgv")
    start = instant(entry.get("date"))
    source = clean(entry.get("device"), 80) or "Nightscout"
    origin = clean(field(entry, "_id", "$oid") or entry.get("_id"), 40) or None
    local = shown_in(_zone(entry, options), start)
    yield Reading("glucose", local, None, value, _UNIT, source, where, origin, censor=censor)


def _value(value: float, *, is_sensor: bool) -> tuple[float, str | None]:
    low, high = LIMITS[_UNIT]
    if is_sensor and value < _LOW:
        raise BadValueError("a code of the sensor's errors, and no glucose")
    if is_sensor and value == _LOW:
        return low, "<"
    return (high, ">") if is_sensor and value == _HIGH else (value, None)


def _zone(entry: dict[str, object], options: Options) -> dt.tzinfo:
    """The phone's offset in minutes, which newer entries name; else the person's zone."""
    minutes = entry.get("utcOffset")
    if isinstance(minutes, int) and minutes and abs(minutes) < 24 * 60:
        return dt.timezone(dt.timedelta(minutes=minutes))
    return options.zone


FORMAT = Nightscout()
