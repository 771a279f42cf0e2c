"""Observations of FHIR R4: a Bundle, one resource a line (NDJSON), or a single one.

Nothing that a document refers to is fetched, and whom it is about is not believed: only that it is
about one person.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from app.importers import json_stream
from app.importers.json_stream import elements, field
from app.importers.kinds import KINDS
from app.importers.local_time import LocalClock
from app.importers.notation import Notation
from app.importers.protocol import File, Item, Options, Problem, Reading, UnreadableFileError
from app.importers.text import clean
from app.importers.unit_names import fitting, of_percentage, ucum
from app.importers.values import BadValueError, finite

LONGEST_LINE = 1024 * 1024
_LOINC = "http://loinc.org"
_SHARES = frozenset({"spo2", "body_fat"})
_RETRACTED = frozenset({"entered-in-error", "cancelled"})
_COMPARATORS = {"<": "<", "<=": "<", ">": ">", ">=": ">"}
_RESOURCE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,40})"')
# Other codes of what a kind's own code says: another specimen, method or unit.
_ALIASES: Mapping[str, str] = {
    "2708-6": "spo2",
    "2345-7": "glucose",
    "1558-6": "glucose",
    "14749-6": "glucose",
    "41653-7": "glucose",
    "99504-3": "glucose",
    "18262-6": "cholesterol_ldl",
    "17856-6": "hba1c",
    "3141-9": "weight",
    "3137-7": "height",
}
_KINDS: Mapping[str, str] = MappingProxyType(
    {kind.loinc: key for key, kind in KINDS.items() if kind.loinc and not kind.is_interval}
    | dict(_ALIASES)
)
_NOTATION = Notation()


class Fhir:
    """Health records: vital signs, body and laboratory."""

    key = "fhir"
    title = "FHIR R4 (Bundle or NDJSON of Observations)"

    def sniff(self, file: File) -> bool:
        head = file.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return head.startswith(b"{") and _RESOURCE.search(head) is not None

    def read(self, file: File, options: Options) -> Iterator[Item]:
        reader = _Reader(options)
        for where, resource in _resources(file):
            if isinstance(resource, Problem):
                yield resource
            else:
                yield from reader.read(where, resource)


class _Reader:
    def __init__(self, options: Options) -> None:
        self._clock = LocalClock(options.zone)
        self._subject: str | None = None
        self._left_out: set[str] = set()

    def read(self, where: str, resource: object) -> Iterator[Item]:
        if field(resource, "resourceType") != "Observation":
            return
        try:
            yield from self._observation(where, resource)
        except BadValueError as error:
            yield Problem(where, str(error))

    def _observation(self, where: str, resource: object) -> Iterator[Item]:
        if field(resource, "status") in _RETRACTED:
            raise BadValueError("it was entered in error or cancelled")
        self._same_person(resource)
        parts = [resource, *elements(field(resource, "component"))]
        measured = [(_kind(part), field(part, "valueQuantity")) for part in parts]
        known = [(kind, quantity) for kind, quantity in measured if kind and quantity is not None]
        if not known:
            yield from self._leave_out(where, resource)
            return
        start, end = self._effective(resource)
        origin = clean(field(resource, "id"), 80) or None
        group = origin if len(known) > 1 else None
        source = clean(field(resource, "device", "display"), 80) or "FHIR"
        for kind, quantity in known:
            value, unit, censor = _quantity(kind, quantity)
            yield Reading(kind, start, end, value, unit, source, where, origin, group, censor)

    def _same_person(self, resource: object) -> None:
        subject = field(resource, "subject", "reference")
        if not isinstance(subject, str):
            return
        if self._subject is None:
            self._subject = subject
        if subject != self._subject:
            raise BadValueError("it is about another person than the first one")

    def _leave_out(self, where: str, resource: object) -> Iterator[Problem]:
        """Told of once a code, since a record has hundreds of what is not kept here."""
        codes = " ".join(_codes(resource)) or "none"
        if codes not in self._left_out and len(self._left_out) < 1_000:
            self._left_out.add(codes)
            yield Problem(where, "this kind of observation is not kept, or has no value")

    def _effective(self, resource: object) -> tuple[dt.datetime, dt.datetime | None]:
        instant = field(resource, "effectiveDateTime") or field(resource, "effectiveInstant")
        if instant is not None:
            return self._moment(instant), None
        start = self._moment(field(resource, "effectivePeriod", "start"))
        end = field(resource, "effectivePeriod", "end")
        return start, None if end is None else self._moment(end)

    def _moment(self, text: object) -> dt.datetime:
        if not isinstance(text, str):
            raise BadValueError("it does not say when")
        return self._clock.instant(_NOTATION.moment(text))


def _resources(file: File) -> Iterator[tuple[str, object]]:
    """Each resource and where it stands."""
    found = _RESOURCE.search(file.head)
    if found is None:
        raise UnreadableFileError("This is no FHIR document.")
    if _is_lines(file.head):
        yield from _of_lines(file.content)
    elif found[1] == b"Bundle" or b'"entry"' in file.head:
        for number, entry in enumerate(json_stream.items(file.content, "entry.item")):
            yield f"entry {number}", field(entry, "resource")
    else:
        for resource in json_stream.items(file.content, ""):
            yield "resource", resource


def _is_lines(head: bytes) -> bool:
    """Whether each line is a resource: the first one is whole, and no Bundle."""
    first, newline, rest = head.removeprefix(b"\xef\xbb\xbf").strip().partition(b"\n")
    found = _RESOURCE.search(first)
    if found is None or found[1] == b"Bundle" or not first.strip().endswith(b"}"):
        return False
    return not newline or rest.lstrip().startswith(b"{")


def _of_lines(content: IO[bytes]) -> Iterator[tuple[str, object]]:
    content.seek(0)
    number = 0
    while line := content.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableFileError("A line of the file is too long.")
        if line.strip():
            try:
                yield f"line {number}", next(json_stream.items(io.BytesIO(line), ""), None)
            except UnreadableFileError as error:
                yield "", Problem(f"line {number}", str(error))


def _codes(part: object) -> list[str]:
    codings = elements(field(part, "code", "coding"))[:20]
    return [
        clean(field(coding, "code"), 40)
        for coding in codings
        if field(coding, "system") in (_LOINC, None)
    ]


def _kind(part: object) -> str | None:
    return next((_KINDS[code] for code in _codes(part) if code in _KINDS), None)


def _quantity(kind: str, quantity: Any) -> tuple[float, str, str | None]:
    """The value, its unit, and whether it lies below or above that."""
    value = finite(field(quantity, "value"))
    names = (field(quantity, "code"), field(quantity, "unit"))
    unit = next((u for name in names if isinstance(name, str) and (u := ucum(name))), None)
    unit = fitting(kind, unit)
    if unit == "%" and kind in _SHARES:
        unit = of_percentage(value)
    comparator = field(quantity, "comparator")
    if comparator is None:
        return value, unit, None
    if comparator not in _COMPARATORS:
        raise BadValueError("its comparator is not known")
    return value, unit, _COMPARATORS[comparator]


FORMAT = Fhir()
