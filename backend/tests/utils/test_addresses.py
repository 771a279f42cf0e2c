"""Which addresses may be called (T41)."""

from ipaddress import ip_network

import pytest

from app.utils.addresses import may_be_called

PRIVATE = (
    *("127.0.0.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.5", "169.254.169.254"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::"),
    *("", "localhost", "1", "0x7f000001", "127.1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_t41_what_is_not_public_may_not(address: str) -> None:
    assert not may_be_called(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_what_is_public_may(address: str) -> None:
    assert may_be_called(address, ())


def test_what_is_listed_may() -> None:
    home = [ip_network("192.168.1.0/24")]
    assert may_be_called("192.168.1.5", home)
    assert may_be_called("::ffff:192.168.1.5", home)
    assert not may_be_called("192.168.2.5", home)
