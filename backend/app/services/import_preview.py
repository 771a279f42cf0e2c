"""What is shown of a file before it is stored."""

import datetime as dt
from collections.abc import Mapping, Sequence

from app.importers.kinds import KINDS
from app.importers.protocol import UnreadableFileError
from app.importers.units import conversion
from app.services.file_reading import FileReading
from app.services.reading_sheets import Gathering
from app.services.reading_staging import Counted


def preview_of(
    reading: FileReading,
    counted: Sequence[Counted],
    entries: Mapping[str, int],
    known: Mapping[str, int],
) -> dict[str, object]:
    """Readings as they were counted, and by tracker how many entries there are, and how many of
    them are there already. Raises UnreadableFileError for a file that holds nothing."""
    if reading.format is None:
        raise UnreadableFileError("The file holds nothing.")
    gathering = reading.gathering
    readings = [_told(one) for one in counted]
    return {
        "format": {"key": reading.format.key, "title": reading.format.title},
        "zone": str(reading.options.zone),
        "first": min((str(one["first"]) for one in readings), default=None),
        "last": max((str(one["last"]) for one in readings), default=None),
        "readings": readings,
        "entries": [
            {"tracker": tracker, "entries": n, "already_there": known[tracker]}
            for tracker, n in sorted(entries.items())
        ],
        "held": _held(gathering),
        "problems": {
            "count": gathering.problem_count,
            "shown": [one._asdict() for one in gathering.problems],
        },
        "questions": [
            question._asdict() | {"choices": list(question.choices)}
            for question in reading.questions
        ],
    }


def _told(one: Counted) -> dict[str, object]:
    return one._asdict() | {
        "stored_unit": KINDS[one.kind].unit,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }


def _held(gathering: Gathering) -> list[dict[str, object]]:
    suspects = gathering.suspicious() | gathering.suspects
    return [
        {
            "group": strand.group,
            "kind": strand.kind,
            "source": strand.source,
            "unit": strand.unit,
            "stored_unit": KINDS[strand.kind].unit,
            "reason": held.reason,
            "count": gathering.counts[strand] if strand.group in suspects else held.count,
            "guess": held.guess,
            "whole": strand.group in suspects or conversion(strand.kind, strand.unit) is None,
            "low": KINDS[strand.kind].plausible.low,
            "high": KINDS[strand.kind].plausible.high,
            "examples": [
                {"at": dt.datetime.fromtimestamp(at, dt.UTC).isoformat(), "value": value}
                for at, value in held.examples
            ],
        }
        for strand, held in gathering.held.items()
    ]
