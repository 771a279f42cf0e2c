"""Which client a request comes from, past the proxies that the operator trusts."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from app.config import IPNetwork

_UNKNOWN = "unknown"


def client_address(peer: str | None, forwarded: Sequence[str], trusted: Sequence[IPNetwork]) -> str:
    """The address nearest to the server that is no trusted proxy; of IPv6 its /64, since one
    client has all of those.

    `forwarded` are the X-Forwarded-For headers. Each proxy appends whom it was asked by, so they
    are read from the end: what stands further left, any client can write.
    """
    address = _address(peer or "")
    if address is None:
        return _UNKNOWN
    for hop in _backwards(forwarded):
        if not any(address in network for network in trusted):
            break
        before = _address(hop)
        if before is None:
            break
        address = before
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


def _backwards(forwarded: Sequence[str]) -> Iterator[str]:
    for hop in reversed(",".join(forwarded).split(",")):
        yield hop.strip()


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))  # without a zone
    return address
