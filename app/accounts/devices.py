"""Devices an account was used from: known again by their cookie, confirmed by the owner."""

from collections.abc import Callable
from datetime import timedelta

from flask import flash
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.browser import DEVICE_DAYS, Browser, keep_device_cookie, new_secret, secret_hash
from app.accounts.events import note
from app.accounts.session_models import KnownDevice
from app.core import clock

Teller = Callable[[int, Browser], None]
_tellers: list[Teller] = []


def tell_of_new_devices(teller: Teller) -> Teller:
    """Register what is to be called, inside the transaction of the login, with the user's key
    and the browser when an account is used from a further device (a mail, say)."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def remember_device(session: Session, user_id: int, browser: Browser) -> KnownDevice:
    """The device of a completed login; a new one is noted, and told of if it is not the first."""
    known = session.scalar(
        select(KnownDevice).where(
            KnownDevice.user_id == user_id, KnownDevice.token_hash == browser.device_hash
        )
    )
    if known is not None:
        keep_device_cookie(browser.device_token)
        known.last_seen_at = clock.now()
        known.description = browser.description
        known.failed_tries, known.locked_until = 0, None
        return known
    return _new_device(session, user_id, browser)


def _new_device(session: Session, user_id: int, browser: Browser) -> KnownDevice:
    token = browser.device_token or new_secret()
    keep_device_cookie(token)
    others = select(KnownDevice.id).where(KnownDevice.user_id == user_id).limit(1)
    is_first = session.scalar(others) is None
    device = KnownDevice(
        user_id=user_id,
        token_hash=secret_hash(token),
        description=browser.description,
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
        confirmed_at=clock.now() if is_first else None,
        failed_tries=0,
    )
    session.add(device)
    session.flush()
    if not is_first:
        note(session, user_id, "new_device")
        flash(_("This is the first login from this browser. It is noted in your account."), "info")
        for tell in _tellers:
            tell(user_id, browser)
    return device


def purge_devices(session: Session) -> int:
    """Forget devices whose cookie has run out; the number forgotten."""
    old = KnownDevice.last_seen_at < clock.now() - timedelta(days=DEVICE_DAYS)
    found = session.scalars(select(KnownDevice.id).where(old)).all()
    session.execute(
        delete(KnownDevice)
        .where(KnownDevice.id.in_(found))
        .execution_options(synchronize_session=False)
    )
    return len(found)
