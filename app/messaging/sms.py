"""SMS by a provider over HTTP; any provider plugs in behind one request and answer.

    POST {SMS_URL}/messages          Authorization: Bearer {SMS_KEY}
    {"reference": "…", "to": "+8190…", "text": "…", "sender": "…"}

    200/202 {"id": "…", "parts": 1}
    4xx     {"code": "bad_number" | "opted_out" | …}     never to be repeated
    408, 409, 425, 429, 5xx, no answer                   to be repeated with the same reference

``reference`` makes a repetition harmless: a provider that knows it already answers with the
first message and sends nothing. What becomes of a message it reports to ``/messages/delivery``
(see :mod:`app.messaging.webhook`).
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app.messaging.outcomes import Later, Outcome, Refused, Sent
from app.messaging.rules import sms_parts

TIMEOUT_SECONDS = 15
_AGAIN = frozenset({408, 409, 425})
_BUSY = 429
_LARGEST_ANSWER = 65_536
_PROBLEMS = {
    "bad_number": Refused("bounced", "bad_address"),
    "opted_out": Refused("opted_out", "opted_out"),
}


def can_send() -> bool:
    """True when a provider is configured."""
    return bool(current_app.config["SMS_URL"])


def send(*, reference: str, to: str, text: str) -> Outcome:
    """Hand one message to the provider. Nothing of it is logged, whatever happens."""
    if not can_send():
        return Later("not_configured", away=True)
    body = {
        "reference": reference,
        "to": to,
        "text": text,
        "sender": current_app.config["SMS_SENDER"],
    }
    try:
        status, answer = _post(json.dumps(body).encode())
    except (OSError, http.client.HTTPException, ValueError):
        return Later("unreachable", away=True)
    return _outcome(status, answer, text)


def _outcome(status: int, answer: dict[str, Any], text: str) -> Outcome:
    if status in {200, 201, 202} and answer.get("id"):
        parts = answer.get("parts")
        known = parts if isinstance(parts, int) and 0 < parts < 100 else sms_parts(text)
        return Sent(str(answer["id"])[:200], known)
    if status == _BUSY:
        return Later("busy", away=True)
    if status in {401, 403}:
        # Our key is wrong, not the message.
        return Later("refused", away=True)
    if 400 <= status < 500 and status not in _AGAIN:
        return _PROBLEMS.get(str(answer.get("code")), Refused("failed", "refused"))
    return Later("unreachable", away=status >= 500)


def _post(body: bytes) -> tuple[int, dict[str, Any]]:
    address = urlsplit(current_app.config["SMS_URL"])
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    connection = kinds[address.scheme](address.netloc, timeout=TIMEOUT_SECONDS)
    try:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {current_app.config['SMS_KEY']}",
        }
        connection.request("POST", f"{address.path.rstrip('/')}/messages", body, headers)
        answer = connection.getresponse()
        text = answer.read(_LARGEST_ANSWER)
    finally:
        connection.close()
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {}
    return answer.status, found if isinstance(found, dict) else {}
