"""A memory as bytes and back: a line of JSON, then its arrays as they are."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ml.memory import Memory
from app.ml.rating import Learned
from app.ml.strangeness import Fit
from app.ml.types import Accepted, Contribution, Finding
from app.utils.enums import DetectorType, Direction, Severity

_Arrays = Mapping[str, NDArray[Any]]
_WEEKLY = ("spread", "correlation", "tail")
"""They come last."""


def written(memory: Memory) -> tuple[bytes, bytes]:
    """What `read` makes an equal memory of, one after the other: what changes every day, and what
    is learned once a week."""
    arrays = _arrays(memory)
    learned = memory.learned
    said = {
        "model": memory.model,
        "last": memory.last,
        "told_by": memory.told_by,
        "set_aside": sorted(memory.set_aside),
        "accepted": [_told(answer) for answer in memory.accepted],
        "judged": memory.judged,
        "findings": [
            _told(finding) | {"contributions": [_told(part) for part in finding.contributions]}
            for finding in memory.findings
        ],
        "learned": learned and {"block": learned.block, "day": learned.day},
        "arrays": {name: (array.dtype.str, array.shape) for name, array in arrays.items()},
    }
    daily, weekly = (
        b"".join(array.tobytes() for name, array in arrays.items() if (name in _WEEKLY) is weekly)
        for weekly in (False, True)
    )
    return b"\n".join([json.dumps(said, default=date.isoformat).encode(), daily]), weekly


def _told(row: Accepted | Contribution | Finding) -> dict[str, object]:
    # Without the deep copies of `asdict`, which take longer than all the rest.
    return {field.name: getattr(row, field.name) for field in fields(row)}


def read(content: bytes) -> Memory | None:
    """None for what this version cannot read: a memory can always be made anew."""
    try:
        head, _, body = content.partition(b"\n")
        said = json.loads(head)
        arrays = dict(_read_arrays(said["arrays"], body))
        return Memory(
            model=said["model"],
            last=_day(said["last"]),
            marks=arrays["marks"],
            scores=arrays["scores"],
            learned=_learned(said["learned"], arrays),
            told_by=said["told_by"],
            set_aside=frozenset(map(_day, said["set_aside"])),
            accepted=tuple(map(_accepted, said["accepted"])),
            judged=_day(said["judged"]),
            findings=tuple(map(_finding, said["findings"])),
        )
    except (ValueError, KeyError, TypeError):
        return None


_day = date.fromisoformat


def _arrays(memory: Memory) -> _Arrays:
    arrays: dict[str, NDArray[Any]] = {"marks": memory.marks, "scores": memory.scores}
    if memory.learned is None:
        return arrays
    if memory.learned.middles is not None:
        arrays["middles"] = memory.learned.middles
    return arrays | {name: getattr(memory.learned.fit, name) for name in _WEEKLY}


def _read_arrays(
    kinds: Mapping[str, tuple[str, list[int]]], body: bytes
) -> Iterator[tuple[str, NDArray[Any]]]:
    at = 0
    for name, (kind, shape) in kinds.items():
        array = np.frombuffer(body, kind, count=math.prod(shape), offset=at).reshape(shape)
        at += array.nbytes
        yield name, array


def _learned(said: Mapping[str, str] | None, arrays: _Arrays) -> Learned | None:
    if said is None:
        return None
    return Learned(
        block=_day(said["block"]),
        fit=Fit(spread=arrays["spread"], correlation=arrays["correlation"], tail=arrays["tail"]),
        day=_day(said["day"]),
        middles=arrays.get("middles"),
    )


def _accepted(said: Mapping[str, Any]) -> Accepted:
    return Accepted(_day(said["day"]), said["metric"], Direction(said["direction"]))


def _finding(said: Mapping[str, Any]) -> Finding:
    started = said["history_from"]
    known = {
        "day": _day(said["day"]),
        "direction": Direction(said["direction"]),
        "detector": DetectorType(said["detector"]),
        "severity": Severity(said["severity"]),
        "contributions": tuple(Contribution(**part) for part in said["contributions"]),
        "history_from": started and _day(started),
    }
    return Finding(**(dict(said) | known))
