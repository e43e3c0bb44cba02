"""``python -m app.devtools.call_simulator``: a small telephone exchange for tests and the demo.

A real HTTP server that speaks the convention of :mod:`app.voice.gateway` as a provider does: it
takes calls, posts signed webhooks to the portal, reads the documents, "hears" what is said and
presses keys. Each number has a :class:`Phone`, which answers, is busy, does not answer, is a
machine or hangs up in mid-call. ``http://127.0.0.1:8078/`` shows what was said and pressed.
"""

import base64
import html
import os
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.etree.ElementTree import Element, fromstring

from app.devtools.http_door import Door
from app.voice.gateway import SIGNATURE, signature

PORT = 8078
MOST_STEPS = 40
_TAKEN = 201
_PAGE = "<!doctype html><meta charset=utf-8><title>Telephone</title><h1>Telephone</h1>{}"


@dataclass
class Phone:
    """How a telephone behaves.

    ``keys`` are pressed one entry after the other, one at each question ("" is silence); after
    the last one the person hangs up. ``status`` other than ``completed`` never answers.
    """

    keys: Sequence[str] = ()
    status: str = "completed"
    machine: bool = False
    refused: int | None = None
    """Code with which the exchange refuses the number."""
    twice: bool = False
    """Every webhook is delivered twice, as a provider does that had no answer in time."""


@dataclass
class Call:
    """One call as the exchange keeps it: what was said, in which language, what was pressed."""

    sid: str
    to: str
    url: str
    status_url: str
    said: list[tuple[str, str]] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@dataclass
class Exchange:
    """The state behind the server."""

    account: str
    token: str
    phones: dict[str, Phone] = field(default_factory=dict)
    usual: Callable[[], Phone] = Phone
    """The telephone of a number that has none of its own."""
    down: bool = False
    at_once: bool = True
    """Calls are made as soon as they are asked for, by a thread each; else by ``ring``."""
    calls: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    threads: list[threading.Thread] = field(default_factory=list)

    def take(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and answer for the question to call somebody."""
        if self.down:
            return 503, {}
        phone = self.phones.get(form["To"], None) or self.usual()
        if phone.refused is not None:
            return 400, {"code": phone.refused}
        call = Call(f"CA{secrets.token_hex(16)}", form["To"], form["Url"], form["StatusCallback"])
        with self.lock:
            self.calls.append(call)
        if self.at_once:
            thread = threading.Thread(target=self.ring, args=(call, phone), daemon=True)
            with self.lock:
                self.threads.append(thread)
            thread.start()
        return _TAKEN, {"sid": call.sid, "status": "queued"}

    def ring(self, call: Call, phone: Phone | None = None) -> None:
        """Go through one call from ringing to its end."""
        phone = phone or self.phones.get(call.to) or self.usual()
        if phone.status == "completed":
            self._talk(call, phone)
        self.post(call, call.status_url, {"CallStatus": phone.status}, phone)

    def wait(self, seconds: float = 30) -> None:
        """Until every call begun so far has ended."""
        for thread in list(self.threads):
            thread.join(seconds)

    def _talk(self, call: Call, phone: Phone) -> None:
        given = {"CallStatus": "in-progress"}
        if phone.machine:
            given["AnsweredBy"] = "machine_start"
        answer = self.post(call, call.url, given, phone)
        keys = iter(phone.keys)
        for _step in range(MOST_STEPS):
            target = None if answer is None else _heard(call, answer)
            if target is None:
                return
            pressed = next(keys, None)
            if pressed is None:
                return  # Hangs up.
            call.pressed.append(pressed)
            # Without a key the Redirect after the Gather is followed.
            given = {"Digits": pressed} if pressed else {}
            answer = self.post(call, target, {"CallStatus": "in-progress", **given}, phone)

    def post(
        self, call: Call, address: str, given: dict[str, str], phone: Phone | None = None
    ) -> bytes | None:
        """One signed webhook; the document of the answer, None where there is none."""
        form = {"CallSid": call.sid, "To": call.to, "From": "+81300000000", **given}
        answer = None
        for _delivery in range(2 if phone is not None and phone.twice else 1):
            answer = self._post(call, address, form)
        return answer

    def _post(self, call: Call, address: str, form: dict[str, str]) -> bytes | None:
        request = urllib.request.Request(  # noqa: S310 -- the portal's own address
            address,
            data=urlencode(form).encode(),
            headers={SIGNATURE: signature(self.token, address, form.items())},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                call.statuses.append(int(answer.status))
                return bytes(answer.read()) or None
        except urllib.error.HTTPError as refused:
            call.statuses.append(refused.code)
        except OSError:
            call.statuses.append(0)
        return None


def _heard(call: Call, text: bytes) -> str | None:
    """Note what is said; the address the keys go to, None when the document hangs up."""
    root: Element = fromstring(text)  # noqa: S314 -- written by the portal itself
    call.said += [(say.get("language", ""), say.text or "") for say in root.iter("Say")]
    gather = root.find("Gather")
    return None if gather is None else gather.get("action")


class ExchangeServer(ThreadingHTTPServer):
    """The server of one exchange; port 0 is any free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, exchange: Exchange, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Door)
        self.exchange = exchange


class _Door(Door):
    server: ExchangeServer

    def take(self) -> None:
        exchange = self.server.exchange
        body = self.body()
        proof = base64.b64encode(f"{exchange.account}:{exchange.token}".encode()).decode()
        right_place = self.path.endswith(f"/Accounts/{exchange.account}/Calls.json")
        if self.headers.get("Authorization") != f"Basic {proof}" or not right_place:
            self.answer(401, {})
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.answer(*exchange.take(form))

    def page(self) -> str:
        rows = "".join(_shown(call) for call in reversed(self.server.exchange.calls))
        return _PAGE.format(rows)


def _shown(call: Call) -> str:
    said = "".join(f"<li>{html.escape(words)}</li>" for _language, words in call.said)
    pressed = html.escape(" / ".join(call.pressed))
    return f"<h2>{html.escape(call.to)}</h2><ul>{said}</ul><p>{pressed}</p>"


def main() -> None:
    """Serve the demonstration until Ctrl-C; ``KEYS=0430,365,97,2,2,2`` is what everybody presses."""
    from config import DemoSettings

    settings = DemoSettings()
    keys = tuple(os.environ.get("KEYS", "9").split(","))
    exchange = Exchange(settings.VOICE_ACCOUNT, settings.VOICE_TOKEN, usual=lambda: Phone(keys))
    server = ExchangeServer(exchange, int(os.environ.get("VOICE_PORT", PORT)))
    print(f"Telephone: http://127.0.0.1:{server.server_port}/  (Ctrl-C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
