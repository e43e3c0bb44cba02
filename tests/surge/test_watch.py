"""The watch beside a server: its own queue, the switch, and calls for help of other servers."""

import pytest
from flask import Flask

from app.core.clock import frozen_at
from app.core.labels import Label
from app.security.actor import acting_as, system_actor
from app.surge import service
from app.surge.gate import put_in_force
from app.surge.rules import LOAD, OPERATOR
from app.surge.watch import HELP_SECONDS, Watch
from tests.support.clock import NOON


class Server:
    """A web server whose queue the test fills."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.depth = 0
        self.watch = Watch(app, waiting=lambda: self.depth)

    def at(self, second: float) -> Label | None:
        """The reason in force after a look at this second."""
        self.watch.look(second)
        reason: Label | None = self.app.extensions["surge"]
        return reason


@pytest.fixture
def server(app: Flask) -> Server:
    return Server(app)


@pytest.fixture(autouse=True)
def normal_again(app: Flask) -> object:
    yield
    put_in_force(app, None)


def turn(app: Flask, mode: str) -> None:
    with app.app_context(), acting_as(system_actor("tests")) as operator:
        service.turn(mode, "exercise", by=operator)


def test_a_queue_that_stays_long_puts_notifications_first(server: Server) -> None:
    server.depth = 40
    assert [server.at(second) for second in (0, 1, 2)] == [None] * 3
    assert server.at(3) is LOAD
    server.depth = 0
    assert server.at(4) is LOAD
    assert server.at(64) is None


def test_the_operator_s_switch_is_followed_within_five_seconds(server: Server) -> None:
    assert server.at(0) is None
    turn(server.app, "on")
    assert server.at(4) is None
    assert server.at(5) is OPERATOR
    turn(server.app, "auto")
    assert server.at(10) is None


def test_switched_off_even_a_long_queue_changes_nothing(server: Server) -> None:
    turn(server.app, "off")
    server.depth = 99
    assert [server.at(second) for second in (0, 3, 9)] == [None] * 3


def test_an_overloaded_server_gets_help_from_the_others(server: Server, app: Flask) -> None:
    with frozen_at(NOON):
        server.depth = 40
        server.at(0)
        server.at(3)
        idle = Server(app)
        assert idle.at(0) is LOAD
        server.depth = 0
        server.at(4)
        server.at(70)
        assert idle.at(6) is None


def test_the_call_of_a_server_that_died_runs_out(server: Server, app: Flask) -> None:
    with frozen_at(NOON):
        server.depth = 40
        server.at(0)
        server.at(3)
        assert Server(app).at(0) is LOAD
    later = NOON.replace(minute=NOON.minute + int(HELP_SECONDS // 60) + 1)
    with frozen_at(later):
        assert Server(app).at(0) is None
