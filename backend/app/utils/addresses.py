"""Which addresses may be called on behalf of somebody: public ones, and those that are listed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
_NAT64 = IPv6Network("64:ff9b::/96")


def may_be_called(text: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether the address is public, or lies in one of the networks. What is written in IPv6 but
    leads to an IPv4 address is judged by that."""
    try:
        address = _innermost(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if any(address in network for network in networks):
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _innermost(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo[1] if address.teredo else None
    inside = address.ipv4_mapped or address.sixtofour or teredo
    if inside is None and address in _NAT64:
        inside = IPv4Address(int(address) & 0xFFFFFFFF)
    return inside or address
