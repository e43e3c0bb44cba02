"""The voice gateway: a provider of programmable telephony, spoken to over HTTP.

    POST {VOICE_URL}/Accounts/{VOICE_ACCOUNT}/Calls.json     Authorization: Basic account:token
    To=+8190…&From=+81…&Url=…&Method=POST&StatusCallback=…&StatusCallbackMethod=POST
      &MachineDetection=Enable&Timeout=25
    201 {"sid": "CA…"}    4xx {"code": 21211}: this number cannot be called

The provider then posts CallSid, From, To, CallStatus and Digits to ``Url`` and to what our
documents name, each signed: ``X-Twilio-Signature`` is the base64 of HMAC-SHA1 (VOICE_TOKEN) over
the address followed by the names and values of the form in the order of their names.
"""

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app

SIGNATURE = "X-Twilio-Signature"
TIMEOUT_SECONDS = 10
RING_SECONDS = 25
BAD_NUMBERS = frozenset({13224, 21211, 21214, 21217, 21401, 21421})
_LARGEST_ANSWER = 65_536


@dataclass(frozen=True, slots=True)
class Placed:
    """The provider calls; ``key`` is its own name for the call."""

    key: str


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """It does not call. ``away``: nothing is wrong with this call, the provider is not there."""

    problem: str
    away: bool = False


class Uncertain:
    """The connection broke after the question: whether it calls, its webhooks will tell."""


Outcome = Placed | NotPlaced | Uncertain


def can_call() -> bool:
    """True when a provider is configured."""
    return bool(current_app.config["VOICE_URL"] and current_app.config["PORTAL_URL"])


def place_call(*, to: str, answer_url: str, status_url: str) -> Outcome:
    """Have somebody called. Nothing of it is logged, whatever happens."""
    config = current_app.config
    form = {
        "To": to,
        "From": config["VOICE_FROM"],
        "Url": answer_url,
        "Method": "POST",
        "StatusCallback": status_url,
        "StatusCallbackMethod": "POST",
        "MachineDetection": "Enable",
        "Timeout": str(RING_SECONDS),
    }
    address = urlsplit(config["VOICE_URL"])
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    connection = kinds[address.scheme](address.netloc, timeout=TIMEOUT_SECONDS)
    try:
        try:
            connection.connect()
        except OSError:
            return NotPlaced("unreachable", away=True)
        return _asked(connection, address.path, form)
    except (TimeoutError, OSError, http.client.HTTPException):
        return Uncertain()
    finally:
        connection.close()


def _asked(connection: Any, path: str, form: dict[str, str]) -> Outcome:
    account, token = current_app.config["VOICE_ACCOUNT"], current_app.config["VOICE_TOKEN"]
    proof = base64.b64encode(f"{account}:{token}".encode()).decode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Basic {proof}",
    }
    target = f"{path.rstrip('/')}/Accounts/{quote(account, safe='')}/Calls.json"
    connection.request("POST", target, urlencode(form), headers)
    answer = connection.getresponse()
    return _outcome(answer.status, answer.read(_LARGEST_ANSWER))


def _outcome(status: int, text: bytes) -> Outcome:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {}
    known = found if isinstance(found, dict) else {}
    if status in {200, 201, 202}:
        key = known.get("sid")
        return Placed(str(key)[:64]) if key else Uncertain()
    if status in {401, 403, 408, 429} or status >= 500:
        # Our key or the provider is at fault, not this call.
        return NotPlaced("unreachable", away=True)
    return NotPlaced("bad_number" if known.get("code") in BAD_NUMBERS else "refused")


def signature(token: str, address: str, form: Iterable[tuple[str, str]]) -> str:
    """The signature of a webhook to ``address`` with these form values."""
    said = address + "".join(f"{name}{value}" for name, value in sorted(form))
    proof = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
    return base64.b64encode(proof).decode()


def is_genuine(address: str, form: Iterable[tuple[str, str]], given: str) -> bool:
    """True for a webhook of whoever knows the secret; without a secret nobody does."""
    token = str(current_app.config["VOICE_TOKEN"])
    return bool(token) and hmac.compare_digest(
        signature(token, address, form).encode(), given.encode()
    )
