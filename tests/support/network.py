"""The tests reach nothing but this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkSealed(Exception):
    """A test tried to leave the machine."""


def is_local(family: int, address: Any) -> bool:
    """True for Unix sockets and loopback addresses."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def sealed_network() -> Iterator[None]:
    """Every connection of this process to another machine raises NetworkSealed."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
    yield
    patch.undo()


def _guarded(original: Any) -> Any:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        if not is_local(self.family, arguments[-1]):
            raise NetworkSealed(f"a test tried to reach {arguments[-1]}")
        return original(self, *arguments)

    return guarded


def _guarded_lookup(original: Any) -> Any:
    def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not is_local(socket.AF_INET, (host,)):
            raise NetworkSealed(f"a test tried to look up {host}")
        return original(host, *arguments, **options)

    return guarded
