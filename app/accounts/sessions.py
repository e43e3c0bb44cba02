"""The session of a signed-in user: when it began, when it was last used, when it ends.

The cookie holds a random secret and the minute of its last use; the table ``account_session``
decides whether the secret still opens anything, so a copy of the cookie dies with the session.
"""

from datetime import datetime, timedelta

from flask import current_app, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.browser import Browser, new_secret, secret_hash, this_browser
from app.accounts.devices import remember_device
from app.accounts.principal import OpenSession, Principal, open_session
from app.accounts.rules import session_end
from app.accounts.session_models import AccountSession
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import acting_as, forget_request_actor, system_actor

# The cookie's instant of last use is rewritten at most this often: once a minute, not per click.
REFRESH_SECONDS = 60
# The table's is for people to read and costs a write: at most every five minutes.
NOTE_SEEN = timedelta(minutes=5)
KEPT_DAYS = 90
_KEPT = "locale"
_FORMER = "former_user_id"
_SESSIONS = system_actor("sessions")


def start_session(principal: Principal) -> None:
    """Sign in with a new session: nothing from before the login lives on but the language.

    The browser is known again at the next login; a new one is told to the owner.
    """
    _clear()
    login_user(principal)
    browser, secret = this_browser(), new_secret()
    with acting_as(_SESSIONS), transaction() as database:
        device = remember_device(database, principal.id, browser)
        record_session(database, principal, browser, secret, device_id=device.id)
    session.update(sid=secret, seen_at=_seconds())
    forget_request_actor()


def renew_session(principal: Principal) -> None:
    """Go on with a new secret after the account's sessions were ended by its owner here."""
    browser, secret = this_browser(), new_secret()
    current: OpenSession | None = current_user.session
    with acting_as(_SESSIONS), transaction() as database:
        device_id = current.device_id if current else None
        record_session(database, principal, browser, secret, device_id=device_id)
    login_user(principal)
    session.update(sid=secret, seen_at=_seconds())


def record_session(
    database: Session,
    principal: Principal,
    browser: Browser,
    secret: str,
    *,
    device_id: int | None = None,
    ends_at: datetime | None = None,
) -> AccountSession:
    """Write the row that makes ``secret`` open this account; ``ends_at`` for a program's token."""
    now = clock.now()
    row = AccountSession(
        user_id=principal.id,
        token_hash=secret_hash(secret),
        epoch=principal.epoch,
        started_at=now,
        last_seen_at=now,
        network=browser.network,
        description=browser.description,
        device_id=device_id,
        ends_at=ends_at,
    )
    database.add(row)
    return row


def end_session() -> None:
    """Forget who was signed in, except as the possible owner of a form still open elsewhere."""
    former = session_user_id()
    logout_user()
    _clear()
    if former is not None:
        session[_FORMER] = former
    forget_request_actor()


def end_sessions(
    database: Session, user_id: int, *, only: int | None = None, but: int | None = None
) -> int:
    """End sessions of one user: all, ``only`` one, or all ``but`` one; how many were ended."""
    ending = update(AccountSession).where(
        AccountSession.user_id == user_id, AccountSession.ended_at.is_(None)
    )
    if only is not None:
        ending = ending.where(AccountSession.id == only)
    if but is not None:
        ending = ending.where(AccountSession.id != but)
    ended = database.execute(
        ending.values(ended_at=clock.now())
        .returning(AccountSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def session_user_id() -> int | None:
    """The user this browser's signed cookie names, also when that session is over."""
    named = session.get("_user_id") or session.get(_FORMER)
    return int(named) if named is not None and str(named).isdecimal() else None


def user_of_session(user_id: str) -> Principal | None:
    """The signed-in user while the session lasts: one statement, or none when it is over.

    None when it is idle or too old, when it was ended by a logout, by its owner or by an
    administrator, or when the account is closed. Every five minutes its use is noted.
    """
    secret, seen = session.get("sid"), session.get("seen_at")
    if not isinstance(secret, str) or not isinstance(seen, int) or not user_id.isdecimal():
        return None
    now = clock.now()
    if _is_over(now, seen=seen):
        return None
    principal = open_session(int(user_id), secret_hash(secret))
    if principal is None or principal.session is None:
        return None
    if _is_over(now, seen=seen, since=int(principal.session.started_at.timestamp())):
        return None
    if not _asked_by_the_page():
        note_seen(principal.session)
        if _seconds() - seen >= REFRESH_SECONDS:
            session["seen_at"] = _seconds()
    return principal


def live_sessions(user_id: int, epoch: int) -> list[AccountSession]:
    """The sessions and tokens that still open the account, last used first."""
    now, config = clock.now(), current_app.config
    # Its last use is known to five minutes only: one that may still be open is listed.
    idle_since = now - timedelta(minutes=config["SESSION_IDLE_MINUTES"]) - NOTE_SEEN
    oldest = now - timedelta(hours=config["SESSION_ABSOLUTE_HOURS"])
    browsers = and_(
        AccountSession.ends_at.is_(None),
        AccountSession.last_seen_at > idle_since,
        AccountSession.started_at > oldest,
    )
    statement = (
        select(AccountSession)
        .where(
            AccountSession.user_id == user_id,
            AccountSession.epoch == epoch,
            AccountSession.ended_at.is_(None),
            or_(browsers, AccountSession.ends_at > now),
        )
        .order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc())
    )
    with acting_as(_SESSIONS), transaction() as database:
        return list(database.scalars(statement))


def purge_sessions(database: Session) -> int:
    """Delete what nobody is shown any more; the number deleted."""
    old = AccountSession.last_seen_at < clock.now() - timedelta(days=KEPT_DAYS)
    gone = database.execute(
        delete(AccountSession)
        .where(old)
        .returning(AccountSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _asked_by_the_page() -> bool:
    """True for what a page asks by itself: an open form or board keeps nobody signed in."""
    return (request.endpoint or "").endswith((".still_editing", ".pulse"))


def note_seen(used: OpenSession) -> None:
    """Note that a session is in use, every five minutes."""
    now = clock.now()
    if now - used.last_seen_at >= NOTE_SEEN:
        with acting_as(_SESSIONS), transaction() as database:
            database.execute(
                update(AccountSession)
                .where(AccountSession.id == used.id)
                .values(last_seen_at=now)
                .execution_options(synchronize_session=False)
            )


def _is_over(now: datetime, *, seen: int, since: int | None = None) -> bool:
    config = current_app.config
    end = session_end(
        since=seen if since is None else since,
        seen=seen,
        now=int(now.timestamp()),
        idle=timedelta(minutes=config["SESSION_IDLE_MINUTES"]),
        age=timedelta(hours=config["SESSION_ABSOLUTE_HOURS"]),
    )
    return end is not None


def _clear() -> None:
    kept = session.get(_KEPT)
    session.clear()
    if kept is not None:
        session[_KEPT] = kept


def _seconds() -> int:
    return int(clock.now().timestamp())
