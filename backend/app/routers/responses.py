"""Answers whose JSON is built already."""

import asyncio
import gzip
import re
from hashlib import blake2b
from typing import Annotated

from fastapi import Header, Request, Response

from app.services.entries import Stored

_JSON = "application/json"
_NOT_WANTED = re.compile(r"q=0(\.0*)?")

IfNoneMatch = Annotated[
    str | None, Header(max_length=1_000, description="`ETag` of the answer that you have.")
]


def as_json(text: str, *, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type=_JSON)


def as_entry(stored: Stored, *, status: int = 200) -> Response:
    """The entry, with its version as the ETag."""
    return Response(
        stored.json,
        status_code=status,
        media_type=_JSON,
        headers={"ETag": f'"{stored.version}"'},
    )


async def as_large_json(request: Request, text: str, *, if_none_match: str | None) -> Response:
    """The text, gzipped where the client takes that, or 304 where it has the same already."""
    body = text.encode()
    # Weak (RFC 9110, 8.8.1): the same for the gzipped bytes and the plain ones.
    tag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    if if_none_match is not None and _names(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        body = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=_JSON, headers=headers)


def _names(if_none_match: str, tag: str) -> bool:
    """RFC 9110, 13.1.2: any of a list, weakly compared; `*` is any."""
    told = {name.strip().removeprefix("W/") for name in if_none_match.split(",")}
    return bool(told & {"*", tag.removeprefix("W/")})


def _takes_gzip(accept_encoding: str) -> bool:
    """RFC 9110, 12.5.3: not where its weight is 0."""
    codings = (part.partition(";") for part in accept_encoding.lower().split(","))
    weights = {coding.strip(): weight.replace(" ", "") for coding, _, weight in codings}
    return _NOT_WANTED.fullmatch(weights.get("gzip", weights.get("*", "q=0"))) is None
