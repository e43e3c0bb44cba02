"""``python -m app.devtools.sms_provider``: a small SMS provider for tests and the demonstration.

A real HTTP server that speaks the convention of :mod:`app.messaging.sms`: it takes messages,
knows a repeated reference again, reports delivery, signed, to the portal, and shows on
``http://127.0.0.1:8079/`` what it "sent". Numbers ending in 0000 do not exist, those ending in
9999 want no messages. It can be told to be away (``down``), for an outage.
"""

import html
import json
import os
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from app.core import clock
from app.devtools.http_door import Door
from app.messaging.rules import sms_parts
from app.messaging.webhook import HEADER, signature

PORT = 8079
_TAKEN = 202
_PAGE = "<!doctype html><meta charset=utf-8><title>SMS</title><h1>SMS</h1>{}"


@dataclass
class Sms:
    """One message as the provider keeps it."""

    id: str
    reference: str
    to: str
    text: str


@dataclass
class Provider:
    """The state behind the server; ``taken`` is what was sent, each reference once."""

    key: str
    webhook: str = ""
    secret: str = ""
    down: bool = False
    silent: bool = False
    """Takes the message and breaks the connection before answering."""
    requests: int = 0
    taken: dict[str, Sms] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer for one request."""
        to, reference = str(body.get("to", "")), str(body.get("reference", ""))
        if self.down:
            return 503, {}
        if to.endswith("0000"):
            return 400, {"code": "bad_number"}
        if to.endswith("9999"):
            return 400, {"code": "opted_out"}
        with self.lock:
            known = self.taken.get(reference)
            if known is None:
                number = f"sms-{len(self.taken) + 1}-{reference[:8]}"
                known = self.taken[reference] = Sms(number, reference, to, str(body.get("text")))
        return _TAKEN, {"id": known.id, "parts": sms_parts(known.text)}

    def report(self, sms_id: str, state: str = "delivered") -> int:
        """Tell the portal what became of a message; the HTTP status of its answer."""
        body = json.dumps({"events": [{"id": sms_id, "state": state}]}).encode()
        at = int(clock.now().timestamp())
        request = urllib.request.Request(  # noqa: S310 -- an address of our own settings
            self.webhook,
            data=body,
            headers={"Content-Type": "application/json", HEADER: signature(self.secret, at, body)},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0


class ProviderServer(ThreadingHTTPServer):
    """The server of one provider; port 0 is any free one."""

    def __init__(self, provider: Provider, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Door)
        self.provider = provider


class _Door(Door):
    server: ProviderServer

    def take(self) -> None:
        provider = self.server.provider
        body = self.body()
        provider.requests += 1
        if self.headers.get("Authorization") != f"Bearer {provider.key}":
            self.answer(401, {})
            return
        status, answer = provider.take(json.loads(body))
        if provider.silent:
            self.close_connection = True
            return
        self.answer(status, answer)
        if status == _TAKEN and provider.webhook:
            threading.Timer(1, provider.report, [answer["id"]]).start()

    def page(self) -> str:
        rows = "".join(
            f"<p><b>{html.escape(sms.to)}</b><br>{_linked(sms.text)}</p>"
            for sms in reversed(self.server.provider.taken.values())
        )
        return _PAGE.format(rows)


def _linked(text: str) -> str:
    words = [
        f'<a href="{html.escape(word)}">{html.escape(word)}</a>'
        if word.startswith(("http://", "https://"))
        else html.escape(word)
        for word in text.split()
    ]
    return " ".join(words)


def main() -> None:
    """Serve the demonstration until Ctrl-C."""
    from config import DemoSettings

    settings = DemoSettings()
    provider = Provider(
        settings.SMS_KEY,
        f"{settings.PORTAL_URL}/messages/delivery",
        settings.MESSAGE_WEBHOOK_SECRET,
    )
    server = ProviderServer(provider, int(os.environ.get("SMS_PORT", PORT)))
    print(f"SMS provider: http://127.0.0.1:{server.server_port}/  (Ctrl-C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
