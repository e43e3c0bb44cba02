"""The session cookie of a signed-in user: when it began, when it was last used, when it ends."""

from datetime import timedelta

from flask import current_app, request, session
from flask_login import login_user, logout_user

from app.accounts.principal import Principal, open_account
from app.accounts.rules import session_end
from app.core import clock
from app.security.actor import forget_request_actor

# The instant of last use is rewritten at most this often: a cookie per minute, not per click.
REFRESH_SECONDS = 60
_KEPT = "locale"
_FORMER = "former_user_id"


def start_session(principal: Principal) -> None:
    """Sign in with a new session: nothing from before the login lives on but the language."""
    _clear()
    login_user(principal)
    now = _seconds()
    session.update(epoch=principal.epoch, since_at=now, seen_at=now)
    forget_request_actor()


def end_session() -> None:
    """Forget who was signed in, except as the possible owner of a form still open elsewhere."""
    former = session_user_id()
    logout_user()
    _clear()
    if former is not None:
        session[_FORMER] = former
    forget_request_actor()


def session_user_id() -> int | None:
    """The user this browser's signed cookie names, also when that session is over."""
    named = session.get("_user_id") or session.get(_FORMER)
    return int(named) if named is not None and str(named).isdecimal() else None


def user_of_session(user_id: str) -> Principal | None:
    """The signed-in user while the session lasts: one statement, or none when it is over.

    None when it is idle or too old, when it was ended by a logout anywhere (epoch), or when
    the account is closed.
    """
    since, seen = session.get("since_at"), session.get("seen_at")
    if not isinstance(since, int) or not isinstance(seen, int) or not user_id.isdecimal():
        return None
    now, config = _seconds(), current_app.config
    idle = timedelta(minutes=config["SESSION_IDLE_MINUTES"])
    age = timedelta(hours=config["SESSION_ABSOLUTE_HOURS"])
    if session_end(since=since, seen=seen, now=now, idle=idle, age=age) is not None:
        return None
    principal = open_account(int(user_id))
    if principal is None or principal.epoch != session.get("epoch"):
        return None
    if now - seen >= REFRESH_SECONDS and not _asked_by_the_page():
        session["seen_at"] = now
    return principal


def _asked_by_the_page() -> bool:
    """True for what a page asks by itself: an open form alone keeps nobody signed in."""
    return (request.endpoint or "").endswith(".still_editing")


def _clear() -> None:
    kept = session.get(_KEPT)
    session.clear()
    if kept is not None:
        session[_KEPT] = kept


def _seconds() -> int:
    return int(clock.now().timestamp())
