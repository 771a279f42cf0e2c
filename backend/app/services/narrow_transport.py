"""An HTTP transport that tells a server little and hears little from it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2

LARGEST_ANSWER = 64 * 1024


class UnreadError(httpx2.ReadError):
    """An answer that is not read to its end; the message is the reason."""


class NarrowTransport(httpx2.AsyncBaseTransport):
    """Sends no header but those named here, and reads no more than the largest answer.

    The SDK adds headers that tell of this machine and any that the environment names for it.
    """

    sent = ("host", "content-type", "content-length", "accept")

    def __init__(self, inner: httpx2.AsyncBaseTransport, api_key: str) -> None:
        self.inner = inner
        self.own = {"user-agent": "vitaliq", "accept-encoding": "identity"}
        if api_key:
            self.own["authorization"] = f"Bearer {api_key}"

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        kept = {name: request.headers[name] for name in self.sent if name in request.headers}
        # A new one: the SDK looks for marks of its own among the headers of the first.
        bare = httpx2.Request(
            request.method,
            request.url,
            headers=kept | self.own,
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self.inner.handle_async_request(bare)
        if response.headers.get("content-encoding", "identity") != "identity":
            # A few bytes may unpack to gigabytes.
            await response.aclose()
            raise UnreadError("compressed")
        response.stream = _Capped(response.stream)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


class _Capped(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self.stream:
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise UnreadError("too long")
            yield chunk

    async def aclose(self) -> None:
        await self.stream.aclose()
