"""Archives, opened within bounds: what really comes out is counted, and names are no paths."""

import contextlib
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from app.importers.protocol import UnreadableFileError
from app.importers.text import clean

# Python holds about a kilobyte for each member, before anything can be counted.
LARGEST_DIRECTORY = 6 * 1024 * 1024
MOST_MEMBERS = 100_000
MOST_UNPACKED = 16 * 1024**3
MOST_RATIO = 200
# Small files of much repetition may well shrink more than MOST_RATIO.
_ALWAYS_FINE = 4 * 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_IN_MEMORY = 1024 * 1024
_PIECE = 256 * 1024
_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError,
    OSError, ValueError, OverflowError,
)  # fmt: skip


class Member(NamedTuple):
    """A file in an archive; `name` is its path there, fit to be shown and never to be opened."""

    info: zipfile.ZipInfo
    name: str

    @property
    def base(self) -> str:
        return self.name.replace("\\", "/").rpartition("/")[2]


class Archive:
    """The members of an archive and what they hold, under one budget."""

    def __init__(self, packed: zipfile.ZipFile, unpacked: "_Budget") -> None:
        self._packed = packed
        self._unpacked = unpacked
        self.members = [
            Member(info, clean(info.filename, 300))
            for info in packed.infolist()
            # zipfile cannot ask one without a name whether it is a folder
            if info.filename and not info.is_dir()
        ]

    @contextlib.contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """The member as a stream. Raises UnreadableFileError, here or while it is read, for one
        that is broken, encrypted or unpacks to too much."""
        info = member.info
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise UnreadableFileError("A file in the archive is encrypted or packed unusually.")
        with _readable():
            stream = self._packed.open(info)
        with stream:
            counted = _Counted(stream, self._unpacked, info.compress_size)
            with io.BufferedReader(counted, _PIECE) as file:
                yield file

    @contextlib.contextmanager
    def nested(self, member: Member) -> Iterator["Archive"]:
        """The archive that a member is: once, since archives in archives in archives are nobody's
        history."""
        if self._unpacked.nested:
            raise UnreadableFileError("The archive holds archives in archives.")
        with self.copied(member) as file, open_archive(file, self._unpacked.inside()) as archive:
            yield archive

    @contextlib.contextmanager
    def copied(self, member: Member) -> Iterator[IO[bytes]]:
        """The member in a temporary file that can be sought in, gone afterwards."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            with self.open(member) as stream:
                copy(stream, file)
            file.seek(0)
            yield file


def is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


@contextlib.contextmanager
def open_archive(content: IO[bytes], budget: "_Budget | None" = None) -> Iterator[Archive]:
    """The archive. Raises UnreadableFileError for what is none, or too much of one."""
    with _readable():
        packed = zipfile.ZipFile(_Guarded(content))
    with packed:
        if len(packed.infolist()) > MOST_MEMBERS:
            raise UnreadableFileError("The archive holds too many files.")
        yield Archive(packed, budget or _Budget(MOST_UNPACKED))


def names_in(content: IO[bytes]) -> list[str]:
    """The paths in what may be an archive; none if it is not a readable one."""
    try:
        with open_archive(content) as archive:
            return [member.name for member in archive.members]
    except UnreadableFileError:
        return []


def copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)


class _Budget:
    """What may come out of an archive, and of those in it, altogether."""

    def __init__(self, left: int, *, outer: "_Budget | None" = None) -> None:
        self._left = left
        self._outer = outer

    @property
    def nested(self) -> bool:
        return self._outer is not None

    def inside(self) -> "_Budget":
        return _Budget(self._left, outer=self)

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise UnreadableFileError("The archive unpacks to more than is taken.")
        if self._outer is not None:
            self._outer.spend(size)


class _Guarded(io.RawIOBase):
    """A file of which no more is read at once than a fair list of files takes: whatever the archive
    says of its size, and wherever it says so."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > LARGEST_DIRECTORY:
            raise UnreadableFileError("The archive holds too many files.")
        return self._content.read(LARGEST_DIRECTORY if size is None or size < 0 else size)


class _Counted(io.RawIOBase):
    """A stream that stops once more came out than its size can account for."""

    def __init__(self, stream: IO[bytes], budget: _Budget, packed_size: int) -> None:
        self._stream = stream
        self._budget = budget
        self._most = max(_ALWAYS_FINE, packed_size * MOST_RATIO)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        with _readable():
            piece = self._stream.read(_PIECE if size is None or size < 0 else size)
        self._most -= len(piece)
        if self._most < 0:
            raise UnreadableFileError("The archive unpacks to more than is taken.")
        self._budget.spend(len(piece))
        return piece

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than Buffer
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnreadableFileError:
        raise
    except _FAULTS:
        raise UnreadableFileError("The archive is damaged: download it again.") from None
