"""HTTP to where an operator allows it: to addresses that were looked at, once, and no further."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpcore2

from app.config import IPNetwork
from app.utils.addresses import may_be_called

LARGEST_ANSWER = 64 * 1024
SECONDS = 10.0
_TIMEOUTS = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)


class OutboundError(Exception):
    """Nothing was heard; the message says why in words that name no address."""


# ruff: noqa: ASYNC109, ARG002  (the interface is httpcore's)
@dataclass(frozen=True, slots=True)
class Looked(httpcore2.AsyncNetworkBackend):
    """Resolves a host, looks at what it resolves to, and connects to just that: a name that says
    something else a moment later leads nowhere else."""

    networks: Sequence[IPNetwork]
    inner: httpcore2.AsyncNetworkBackend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        address = await self._looked_up(host, port)
        return await self.inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise OutboundError("not a host")

    async def sleep(self, seconds: float) -> None:
        await self.inner.sleep(seconds)

    async def _looked_up(self, host: str, port: int) -> str:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise OutboundError("its name is not known") from None
        addresses = [str(place[0]) for *_, place in found]
        if not addresses or not all(may_be_called(a, self.networks) for a in addresses):
            raise OutboundError("its address is private, and not in OUTBOUND_NETWORKS")
        return addresses[0]


class Outbound:
    """Posts. It follows no redirect, knows no proxy, keeps no cookie, and reads little."""

    def __init__(
        self, networks: Sequence[IPNetwork] = (), tls: ssl.SSLContext | None = None
    ) -> None:
        self._networks = networks
        self._tls = tls

    async def post(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        """The status of the answer. Raises OutboundError."""
        try:
            async with asyncio.timeout(SECONDS), self._pool() as pool:
                told = [(name.encode(), value.encode()) for name, value in headers.items()]
                sent = pool.stream(
                    "POST",
                    url,
                    headers=[*told, (b"user-agent", b"vitaliq")],
                    content=content,
                    extensions={"timeout": _TIMEOUTS},
                )
                async with sent as answer:
                    await _read_little(answer)
                    return answer.status
        except TimeoutError:
            raise OutboundError("it did not answer in time") from None
        except ssl.SSLError:
            raise OutboundError("its certificate is not trusted") from None
        except (httpcore2.NetworkError, httpcore2.TimeoutException, OSError) as error:
            raise OutboundError(f"it cannot be reached ({type(error).__name__})") from None
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, ValueError):
            raise OutboundError("it does not speak HTTP as it should") from None

    def _pool(self) -> httpcore2.AsyncConnectionPool:
        backend = Looked(self._networks, httpcore2.AnyIOBackend())
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._tls, network_backend=backend, max_connections=1
        )


async def _read_little(answer: httpcore2.Response) -> None:
    size = 0
    async for piece in answer.aiter_stream():
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise OutboundError("its answer is too long")
