"""Hosts of our own making: network namespaces on a bridge, removed with everything in them."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

BRIDGE = "vitaliq0"
NETWORK = "10.213.7"
OUTSIDE = f"{NETWORK}.1"


class NoNamespacesError(RuntimeError):
    """This machine lets nobody make network namespaces; the message says what is needed."""


@dataclass(frozen=True, slots=True)
class Host:
    """A namespace with an address of its own."""

    name: str
    address: str

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], log: int
    ) -> "subprocess.Popen[bytes]":
        inside = ["ip", "netns", "exec", self.name, *command]
        return subprocess.Popen(inside, env=dict(environment), stdout=log, stderr=log)  # noqa: S603


@contextlib.contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts that reach each other, and this one at OUTSIDE. Raises NoNamespacesError."""
    names = [f"vitaliq-host-{number}" for number in range(1, count + 1)]
    made = [Host(name, f"{NETWORK}.{number + 10}") for number, name in enumerate(names)]
    if os.geteuid() != 0:
        raise NoNamespacesError("network namespaces are made by root alone")
    try:
        _bridge()
        for number, host in enumerate(made):
            _host(host, f"vitaliq{number + 1}")
        yield made
    finally:
        for host in made:
            _ip("netns", "del", host.name, must=False)
        _ip("link", "del", BRIDGE, must=False)


def _bridge() -> None:
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{OUTSIDE}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")


def _host(host: Host, link: str) -> None:
    """A cable from the bridge into a new namespace; it goes with the namespace."""
    _ip("netns", "add", host.name)
    _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _ip("link", "set", link, "master", BRIDGE)
    _ip("link", "set", link, "up")
    for words in (
        ("addr", "add", f"{host.address}/24", "dev", "eth0"),
        ("link", "set", "eth0", "up"),
        ("link", "set", "lo", "up"),
    ):
        _ip("-n", host.name, *words)


def _ip(*words: str, must: bool = True) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if must and done.returncode:
        raise NoNamespacesError(
            "network namespaces must be allowed (as root, in a container with CAP_NET_ADMIN and "
            f"CAP_SYS_ADMIN); ip {' '.join(words)} says: {done.stderr.strip()}"
        )
