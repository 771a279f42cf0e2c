"""Reads a file with the formats that claim it, and as a table, and prints by how many bytes that
made the process grow.

Its own process, whose largest size Linux is told to forget before each reading. `python -m
tests.importers.memory_run FILE`.
"""

import datetime as dt
import json
import re
import sys
from pathlib import Path

from app.importers.protocol import Options, UnreadableFileError
from app.importers.registry import formats, opened

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_LARGEST = re.compile(r"VmHWM:\s+(\d+) kB")


def largest_bytes() -> int:
    found = _LARGEST.search(_STATUS.read_text())
    assert found is not None
    return int(found[1]) * 1024


def main(file: Path) -> None:
    grown: dict[str, int] = {}
    for form in formats():
        _FORGET.write_text("5")
        before = largest_bytes()
        with file.open("rb") as content:
            at_hand = opened(content, file.name)
            if form.sniff(at_hand) or getattr(form, "is_general", False):
                try:
                    for _ in form.read(at_hand, Options(zone=dt.UTC)):
                        pass
                except UnreadableFileError:
                    pass
        grown[form.key] = largest_bytes() - before
    sys.stdout.write(json.dumps(grown))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
