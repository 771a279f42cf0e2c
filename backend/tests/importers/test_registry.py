"""Every module with a format is found, and what is none is told so."""

import io

import pytest

from app.importers.protocol import UnreadableFileError
from app.importers.registry import format_of, formats, opened


def test_formats_are_found_and_differ() -> None:
    keys = [one.key for one in formats()]
    assert len(set(keys)) == len(keys)
    assert all(one.title for one in formats())


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"no table, no document", b"PK\x03\x04"])
def test_what_is_no_format_is_told_so(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        format_of(opened(io.BytesIO(content), "export.zip"))
