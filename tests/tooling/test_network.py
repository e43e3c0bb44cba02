import socket

import pytest

from tests.support.network import NetworkSealed

ELSEWHERE = "192.0.2.1"  # reserved for documentation: nobody answers there


def test_a_connection_to_another_machine_raises() -> None:
    with socket.socket() as outward, pytest.raises(NetworkSealed):
        outward.connect((ELSEWHERE, 80))


def test_a_datagram_to_another_machine_raises() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outward, pytest.raises(NetworkSealed):
        outward.sendto(b"", (ELSEWHERE, 53))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(NetworkSealed):
        socket.getaddrinfo("portal.example", 443)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()
