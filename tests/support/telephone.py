"""Where calls arrive: a real exchange and the portal itself, both listening on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.core import clock
from app.devtools.call_simulator import Call, Exchange, ExchangeServer, Phone
from tests.support.clock import NOON

NUMBER = "+819011112222"
TOKEN = "secret of the exchange"


@dataclass
class Telephone:
    """The exchange and the address under which it reaches the portal."""

    exchange: Exchange
    portal: str = ""
    now: datetime = NOON
    """The portal's clock while it answers the exchange."""

    def of(self, *keys: str, **behaviour: object) -> None:
        """The telephone of the person called presses these keys and hangs up after the last."""
        self.exchange.phones[NUMBER] = Phone(keys, **behaviour)  # type: ignore[arg-type]

    def ring(self) -> Call:
        """The latest call from its ringing to its end."""
        call, self.now = self.exchange.calls[-1], clock.now()
        self.exchange.ring(call)
        return call


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        """Nothing of a call is logged."""


@contextmanager
def exchange_for(app: Flask) -> Iterator[Telephone]:
    """An exchange which ``app`` asks for calls and which asks ``app`` what to say."""
    exchange = Exchange("AC1", TOKEN, at_once=False)
    server = ExchangeServer(exchange)
    telephone = Telephone(exchange)

    def portal(environ: Any, start: Any) -> Any:
        with clock.frozen_at(telephone.now):
            return app(environ, start)

    site = make_server("127.0.0.1", 0, portal, threaded=True, request_handler=_Quiet)
    threads = [threading.Thread(target=one.serve_forever, daemon=True) for one in (server, site)]
    for thread in threads:
        thread.start()
    names = ("PORTAL_URL", "VOICE_URL", "VOICE_ACCOUNT", "VOICE_TOKEN", "VOICE_FROM")
    known = {name: app.config[name] for name in names}
    app.config.update(
        PORTAL_URL=f"http://127.0.0.1:{site.server_port}",
        VOICE_URL=f"http://127.0.0.1:{server.server_port}",
        VOICE_ACCOUNT="AC1",
        VOICE_TOKEN=TOKEN,
        VOICE_FROM="+81300000000",
    )
    try:
        telephone.portal = app.config["PORTAL_URL"]
        yield telephone
    finally:
        app.config.update(known)
        for one in (server, site):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join(5)


@pytest.fixture
def telephone(app: Flask) -> Iterator[Telephone]:
    with exchange_for(app) as one:
        yield one
