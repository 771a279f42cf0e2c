"""Apple Health: `export.xml`, or the `export.zip` that holds it.

Such a file has millions of records, and Apple writes each of them the same way. Those are picked
out by their lines (`apple_health_lines`); everything else goes through expat
(`apple_health_elements`), and so does all of a file in which that could go wrong: one with comments
or sections of character data. The DTD in front, which has been malformed in some versions, is
skipped, so that no entity is ever declared. Records inside a correlation stand at the top level too
and are the same records; food is told at the top level alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from app.importers.apple_health_elements import Elements
from app.importers.apple_health_lines import PlainLines
from app.importers.apple_health_strands import Strands
from app.importers.protocol import File, Item, Options, UnreadableFileError
from app.importers.zip_files import Archive, Member, is_zip, open_archive

PIECE_BYTES = 1 << 20
HEAD_BYTES = 64 * 1024
MOST_LOOKED_INTO = 50
MOST_PENDING_BYTES = 8_000_000
_ROOT = b"<HealthData"
_DOCTYPE = b"<!DOCTYPE"
_DECLARATION = (b"<?xml", b"\xef\xbb\xbf<?xml")


class AppleHealth:
    """See the module."""

    key = "apple_health"
    title = "Apple Health export"

    def sniff(self, file: File) -> bool:
        if _ROOT in file.head:
            return True
        if not is_zip(file.head):
            return False
        try:
            with _xml_of(file):
                return True
        except UnreadableFileError:
            return False

    def read(self, file: File, options: Options) -> Iterator[Item]:  # noqa: ARG002  (it says all)
        with _xml_of(file) as xml:
            reader = _Reader()
            try:
                for piece in _without_doctype(xml):
                    reader.feed(piece)
                    yield from reader.taken(last=False)
                reader.close()
            except expat.ExpatError as error:
                line = f"line {error.lineno}"
                raise UnreadableFileError(
                    f"The file is not whole, or is damaged ({line}): export it again."
                ) from None
            yield from reader.taken(last=True)


class _Reader:
    """Both ways through a document."""

    def __init__(self) -> None:
        self._strands = Strands()
        self._lines = PlainLines(self._strands)
        self._elements = Elements(self._strands)
        self._parser = self._elements.parser
        self._fed = 0

    def feed(self, piece: bytes) -> None:
        """The next piece of the document, wherever it was cut. Raises UnreadableFileError for an
        element without end, which expat would hold whole."""
        left = piece if piece.startswith(_DECLARATION) else self._lines.take(piece)
        self._parser.Parse(left, False)
        self._fed += len(left)
        if self._fed - self._parser.CurrentByteIndex > MOST_PENDING_BYTES:
            raise UnreadableFileError("The file has an element without end.")

    def close(self) -> None:
        self._parser.Parse(b"", True)
        if not self._elements.seen_root:
            raise UnreadableFileError("The file is no export of Apple Health.")

    def taken(self, *, last: bool) -> Iterator[Item]:
        yield from self._strands.taken(last=last)
        yield from self._elements.taken(last=last)


@contextmanager
def _xml_of(file: File) -> Iterator[IO[bytes]]:
    file.content.seek(0)
    if not is_zip(file.head):
        yield file.content
        return
    with open_archive(file.content) as archive:
        members = sorted(archive.members, key=lambda one: -one.info.file_size)
        for member in members[:MOST_LOOKED_INTO]:
            if _ROOT in _head(archive, member):
                with archive.open(member) as xml:
                    yield xml
                return
    raise UnreadableFileError("The archive holds no export of Apple Health.")


def _head(archive: Archive, member: Member) -> bytes:
    with archive.open(member) as content:
        return content.read(HEAD_BYTES)


def _without_doctype(xml: IO[bytes]) -> Iterator[bytes]:
    """The document in pieces, without its DTD, which may be malformed and is not needed."""
    first = xml.read(PIECE_BYTES)
    begin = first.find(_DOCTYPE)
    root = first.find(_ROOT)
    if 0 <= begin < root:
        subset = first.find(b"[", begin, root)
        close = b">" if subset < 0 else b"]>"
        end = first.rfind(close, begin, root) if subset >= 0 else first.find(close, begin, root)
        if end < 0:
            raise UnreadableFileError("The file has a document type without end.")
        first = first[:begin] + first[end + len(close) :]
    declaration = first.find(b"?>") + 2 if first.startswith(_DECLARATION) else 0
    yield first[:declaration]
    yield first[declaration:]
    while piece := xml.read(PIECE_BYTES):
        yield piece


FORMAT = AppleHealth()
