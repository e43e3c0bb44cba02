"""What the provider tells later: delivered, not delivered, wants no more.

    POST /messages/delivery     X-Message-Signature: t=<unix seconds>,v1=<hex>
    {"events": [{"id": "…", "state": "delivered" | "failed" | "bounced" | "opted_out"}]}

``v1`` is HMAC-SHA-256 of ``<t>.<body>`` under MESSAGE_WEBHOOK_SECRET; ``t`` is at most five
minutes old. The answer is ``{"taken": n}``; events about unknown messages, repeated and late
ones count as nothing. ``id`` is what the provider (or our mail, as Message-ID) called it.
"""

import hashlib
import hmac
import re
from typing import Any

from flask import current_app, jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import select, update
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.messaging.models import Message
from app.messaging.rules import moves_on
from app.messaging.service import MESSAGES, stop_messages
from app.security.actor import acting_as
from app.security.open_doors import open_door

HEADER = "X-Message-Signature"
TOLERANCE_SECONDS = 300
MOST_EVENTS = 1_000
_FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_PROBLEMS = {"failed": "not_delivered", "bounced": "bad_address", "opted_out": "opted_out"}


def signature(secret: str, at: int, body: bytes) -> str:
    """The header of a report made at ``at`` (unix seconds)."""
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={proof}"


def is_genuine(secret: str, header: str, body: bytes) -> bool:
    """True for a fresh report of somebody who knows the secret; without a secret nobody does."""
    found = _FORM.fullmatch(header)
    if not secret or found is None:
        return False
    at = int(found[1])
    fresh = abs(clock.now().timestamp() - at) <= TOLERANCE_SECONDS
    return hmac.compare_digest(signature(secret, at, body), header) and fresh


def take_events(events: list[Any]) -> int:
    """Write down what became of messages; how many of the events changed something."""
    return sum(_take(event) for event in events if isinstance(event, dict))


def _take(event: dict[str, Any]) -> bool:
    key, after = event.get("id"), event.get("state")
    if not isinstance(key, str) or after not in {"delivered", *_PROBLEMS}:
        return False
    with acting_as(MESSAGES), transaction() as session:
        found = session.scalar(
            select(Message)
            .where(Message.provider_key == key[:200])
            .execution_options(populate_existing=True)
        )
        if found is None or not moves_on(found.state, after):
            return False
        changed = db.session.execute(
            update(Message)
            .where(Message.id == found.id, Message.state == found.state)
            .values(state=after, problem=_PROBLEMS.get(after), settled_at=clock.now())
            .execution_options(synchronize_session=False)
        ).rowcount
        if after == "opted_out":
            stop_messages(found.recipient)
    return bool(changed)


class DeliveryView(BaseView):
    """The door of the provider."""

    route_base = "/messages/delivery"
    class_permission_name = "message"
    default_view = "report"
    without_form_token = True
    """The signature of the sender stands in its place."""

    @expose("", methods=["POST"])
    def report(self) -> Response:
        """Take a report; nobody is signed in, the signature says who speaks."""
        body = request.get_data(cache=True)
        secret = current_app.config["MESSAGE_WEBHOOK_SECRET"]
        if not is_genuine(secret, request.headers.get(HEADER, ""), body):
            raise Unauthorized
        sent = request.get_json(silent=True)
        events = sent.get("events") if isinstance(sent, dict) else None
        if not isinstance(events, list) or len(events) > MOST_EVENTS:
            raise BadRequest
        return jsonify(taken=take_events(events))


open_door("DeliveryView.report", "the SMS provider reports what became of messages, signed")
