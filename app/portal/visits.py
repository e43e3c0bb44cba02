"""The visit of a household: a short, signed cookie of its own, never the staff's session.

Nothing of it stays on the phone: it ends with the browser, after fifteen quiet minutes, and
with the button "Finish". It says which link was opened with the birth date, not whose it is.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from app.core import clock

COOKIE = "report"
PATH = "/p"
IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """An opened link: which one, since when, in which language."""

    link_id: int
    generation: int
    begun_at: int
    seen_at: int
    language: str
    secret: str

    @property
    def form_token(self) -> str:
        """Stands in every form, so that no other site sends one."""
        key = str(current_app.config["SECRET_KEY"]).encode()
        return hmac.new(key, f"patient form|{self.secret}".encode(), hashlib.sha256).hexdigest()[
            :32
        ]

    def is_form_of(self, sent: str | None) -> bool:
        """True for a form of this visit."""
        return hmac.compare_digest((sent or "").encode(), self.form_token.encode())


def new_visit(link_id: int, generation: int, language: str) -> Visit:
    """A visit that begins now."""
    now = _now()
    return Visit(link_id, generation, now, now, language, secrets.token_hex(16))


def visit_of_request() -> Visit | None:
    """The visit this request belongs to; None when there is none or it is over."""
    try:
        found: Any = _serializer().loads(request.cookies.get(COOKIE, ""))
        visit = Visit(*found)
    except (BadSignature, TypeError):
        return None
    now = _now()
    over = now - visit.seen_at > IDLE_SECONDS or now - visit.begun_at > LONGEST_SECONDS
    return None if over else visit


def keep(response: Response, visit: Visit) -> Response:
    """Put the visit into the answer; its quiet minutes begin anew."""
    seen = replace(visit, seen_at=_now())
    said = [
        seen.link_id,
        seen.generation,
        seen.begun_at,
        seen.seen_at,
        seen.language,
        seen.secret,
    ]
    response.set_cookie(
        COOKIE,
        str(_serializer().dumps(said)),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def end(response: Response) -> Response:
    """Take the visit off the phone."""
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="patient visit")


def _now() -> int:
    return int(clock.now().timestamp())
