"""Tables in text files of any encoding and delimiter, read line by line within bounds."""

import codecs
import csv
import io
import statistics
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple

from charset_normalizer import from_bytes

from app.importers.protocol import File, Options, Question, UnreadableFileError

LONGEST_LINE = 256 * 1024
# A record may span lines, as notes do; one that never ends has a stray quotation mark.
LONGEST_RECORD = 1024 * 1024
MOST_COLUMNS = 2_000
DELIMITERS = ",;\t|"
_PIECE = 1024 * 1024
_SAMPLE_LINES = 40
_SAMPLE_BYTES = 64 * 1024
_LIKELY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030", "mac_roman"]
# Codecs beyond these are no alphabets, and some are slow or unpack.
_TEXT = ("utf", "cp", "iso8859", "mac", "koi8", "shift_jis", "euc", "gb", "big5", "ascii", "hz")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Row(NamedTuple):
    line: int
    cells: Sequence[str]

    @property
    def where(self) -> str:
        return f"line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file as rows; each call of `rows` starts again at the top."""

    content: IO[bytes]
    encoding: str
    delimiter: str
    questions: tuple[Question, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank, stripped. Raises UnreadableFileError for what is no table of
        text, as soon as that is seen."""
        self.content.seek(0)
        text = io.TextIOWrapper(self.content, self.encoding, errors="replace", newline="")
        try:
            yield from _rows(text, self.delimiter)
        finally:
            text.detach()


def table_of(file: File, options: Options) -> Table:
    """The table in the file, its encoding and delimiter found where they are not given."""
    if b"\0" in file.head and _mark(file.head) in (None, "utf-8-sig"):
        raise UnreadableFileError("This is not a text file.")
    encoding, doubts = _encoding(file, options)
    sample = file.head.decode(encoding, errors="replace")
    if options.delimiter is not None and len(options.delimiter) != 1:
        raise UnreadableFileError("A delimiter is one character.")
    delimiter, unsure = _delimiter(sample, options)
    return Table(
        content=file.content,
        encoding=encoding,
        delimiter=delimiter,
        questions=tuple(doubts + unsure),
    )


def top_rows(file: File) -> list[list[str]]:
    """The first rows of what may be a table, for telling formats apart; none if it is no text."""
    mark = _mark(file.head)
    if b"\0" in file.head and mark in (None, "utf-8-sig"):
        return []
    sample = file.head.decode(mark or "utf-8", errors="replace")
    return _parsed(sample, _best_delimiters(sample)[0])


def folded(name: str) -> str:
    """A name by which headers are compared: without case, accents and marks."""
    plain = unicodedata.normalize("NFKD", name[:200].casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not _is_accent(c)).split())


def columns_of(header: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands, by its folded name; the first of two that share one."""
    return {folded(name): n for n, name in reversed(list(enumerate(header)))}


def cell(row: Row, position: int | None) -> str:
    """The cell, empty where the row is shorter or there is no such column."""
    if position is None or position >= len(row.cells):
        return ""
    return row.cells[position]


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    budget = _Budget()
    reader = csv.reader(budget.lines(text), delimiter=delimiter)
    try:
        for record in reader:
            budget.renew()
            cells = [one.strip() for one in record]
            if len(cells) > MOST_COLUMNS:
                raise UnreadableFileError(f"A row has more than {MOST_COLUMNS} columns.")
            if any(cells):
                yield Row(reader.line_num, cells)
    except csv.Error:
        raise UnreadableFileError(f"Line {reader.line_num} is not CSV.") from None
    except UnicodeError:
        raise UnreadableFileError("The text does not keep to its encoding.") from None


class _Budget:
    """How much may be read before a record has to end."""

    def __init__(self) -> None:
        self._left = LONGEST_RECORD

    def renew(self) -> None:
        self._left = LONGEST_RECORD

    def lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE + 1):
            self._left -= len(line)
            if len(line) > LONGEST_LINE or self._left < 0:
                raise UnreadableFileError("A line is too long: this is not a table of readings.")
            yield line


def _mark(head: bytes) -> str | None:
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def _encoding(file: File, options: Options) -> tuple[str, list[Question]]:
    if options.encoding is not None:
        return _named(options.encoding), []
    if (mark := _mark(file.head)) is not None:
        return mark, []
    strange = _first_strange(file.content)
    if strange is None:
        return "utf-8", []
    guess = from_bytes(strange, cp_isolation=_LIKELY).best()
    assumed = guess.encoding if guess is not None else _LIKELY[0]
    reason = "the text is not UTF-8: check the letters beyond a to z"
    return assumed, [Question("encoding", assumed, ("utf-8", *_LIKELY), reason)]


def _named(encoding: str) -> str:
    """The encoding that a person names, as long as it is one of text."""
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        known = ""
    if not known.startswith(_TEXT):
        raise UnreadableFileError("The encoding that was given is not known.")
    return known


def _first_strange(content: IO[bytes]) -> bytes | None:
    """The piece around the first bytes that are not UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    content.seek(0)
    while piece := content.read(_PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            start = max(0, error.start - _SAMPLE_BYTES // 2)
            return piece[start : start + _SAMPLE_BYTES]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return b"\xff"
    return None


def _delimiter(sample: str, options: Options) -> tuple[str, list[Question]]:
    if options.delimiter is not None:
        if options.delimiter in '"\r\n\0 ':
            raise UnreadableFileError("The delimiter that was given cannot be one.")
        return options.delimiter, []
    first, *rest = _best_delimiters(sample)
    if not rest:
        return first, []
    reason = "the columns may be divided in more than one way"
    return first, [Question("delimiter", first, (first, *rest), reason)]


def _best_delimiters(sample: str) -> list[str]:
    """The likeliest, and those that are about as likely."""
    scores = {one: _score(_parsed(sample, one)) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: scores[one])
    close = [one for one in DELIMITERS if one != best and scores[one] > 0.9 * scores[best] > 0]
    return [best, *close]


def _score(rows: Sequence[Sequence[str]]) -> float:
    """How many delimiters a row has, times the share of the rows that have as many."""
    counts = [len(row) - 1 for row in rows]
    usual = statistics.mode(counts) if counts else 0
    return usual * counts.count(usual) / max(1, len(counts))


def _parsed(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows of a sample that was cut off anywhere."""
    whole = sample if len(sample) < _SAMPLE_BYTES // 4 else sample.rpartition("\n")[0] or sample
    lines = io.StringIO(whole.removeprefix("\ufeff"), newline="")
    rows: list[list[str]] = []
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            if any(record):
                rows.append([one.strip() for one in record])
            if len(rows) == _SAMPLE_LINES:
                break
    except csv.Error:
        pass
    return rows
