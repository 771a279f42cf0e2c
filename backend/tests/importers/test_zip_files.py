"""Archives and long JSON: what is refused, and for which reason (T37)."""

import io
import json

import pytest

from app.importers.json_stream import DEEPEST, LARGEST_ITEM, LONGEST_RUN, items
from app.importers.protocol import UnreadableFileError
from app.importers.zip_files import Archive, Member, copy, open_archive
from tests.importers.hostile import HOSTILE, MEGABYTE, many_files
from tests.importers.writers.archives import packed


def read(content: bytes) -> list[bytes]:
    with open_archive(io.BytesIO(content)) as archive:
        return [read_one(archive, member) for member in archive.members]


def read_one(archive: Archive, member: Member) -> bytes:
    target = io.BytesIO()
    with archive.open(member) as source:
        copy(source, target)
    return target.getvalue()


def test_what_was_packed_comes_out() -> None:
    assert read(packed({"a/b": b"one", "c": b"2" * 10_000})) == [b"one", b"2" * 10_000]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed({"a": bytes(30 * MEGABYTE)}), "unpacks to more"),
        (many_files(), "too many files"),
        (HOSTILE["an encrypted archive"], "encrypted"),
        (packed({"a": b"b" * 1_000})[:-30], "damaged"),
        (packed({"a": b"bb"}).replace(b"KJ", b"KK"), "damaged"),
    ],
    ids=["a bomb", "many files", "encrypted", "cut off", "altered"],
)
def test_t37_an_archive_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read(content)


def test_t37_archives_are_opened_one_within_another_and_no_further() -> None:
    inner = packed({"inner.zip": packed({"innermost.zip": packed({})})})
    with open_archive(io.BytesIO(inner)) as archive, archive.nested(archive.members[0]) as within:
        assert [member.name for member in within.members] == ["innermost.zip"]
        with (
            pytest.raises(UnreadableFileError, match="archives in archives"),
            within.nested(within.members[0]),
        ):
            pass


def test_items_come_one_by_one_from_any_depth() -> None:
    document = b'\xef\xbb\xbf{"a":{"b":[{"c":"]}"},{"c":"\\"["}]}}'
    assert list(items(io.BytesIO(document), "a.b.item")) == [{"c": "]}"}, {"c": '"['}]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"[" * (DEEPEST + 1), "too deeply"),
        (b'["\\"]' + b'"' + b"," * 10, "not whole"),
        (b'["' + b"a " * LARGEST_ITEM + b'"]', "too large"),
        (b'[[{"a":1},' + b"1," * LARGEST_ITEM, "too large"),
        (b"[1e999]", "not whole"),
        (b"[NaN]", "not whole"),
        (b'["\xff"]', "not whole"),
    ],
    ids=["deep", "a stray mark", "a long text", "a long record", "huge", "NaN", "no text"],
)
def test_t37_a_document_is_refused(document: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        list(items(io.BytesIO(document), "item"))


def test_brackets_in_texts_are_none_wherever_the_pieces_part() -> None:
    texts = ["[" * 50 + "\\" * n + '"' * (n % 3) for n in range(1_000)]
    document = b"[" + b",".join(_quoted(text) for text in texts) + b"]"
    assert len(document) > 3 * 64 * 1024
    assert list(items(io.BytesIO(document), "item")) == texts


def test_attachments_are_left_out_wherever_the_pieces_part() -> None:
    attached = "+/aZ09" * LARGEST_ITEM
    for shift in (0, 1, 999, 60_000):
        records = [{"a": shift * "b "}, {"data": attached, "b": 1}, {"data": attached}, {"c": "d"}]
        first, *others, last = items(io.BytesIO(json.dumps(records).encode()), "item")
        assert (first, last, others[0]["b"]) == (records[0], records[-1], 1)
        assert all(len(one["data"]) < len(attached) / 50 for one in others)
        assert all(attached.startswith(one["data"][:LONGEST_RUN]) for one in others)


def _quoted(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()
