"""Devices an account was used from: known again by their cookie, confirmed by the owner."""

from datetime import timedelta

from flask import current_app, flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.browser import DEVICE_DAYS, Browser, keep_device_cookie, new_secret, secret_hash
from app.accounts.events import note
from app.accounts.models import Account
from app.accounts.session_models import AccountSession, KnownDevice
from app.core import clock
from app.core.errors import NotAllowed, NotVisible
from app.core.transaction import transaction
from app.messaging.mail import send_later
from app.security.actor import Actor, acting_as, system_actor

_DEVICES = system_actor("devices")


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
        _write_to_owner(session, user_id, browser)
    return device


def _write_to_owner(session: Session, user_id: int, browser: Browser) -> None:
    """A mail as well, where an address is known and a mail server configured."""
    address = session.scalar(select(Account.mail).where(Account.user_id == user_id))
    if address is None:
        return
    send_later(
        to=address,
        subject=_("Your account was used on a new device"),
        text=_(
            "On %(at)s somebody signed in to your account at %(portal)s with a browser it did not "
            "know before (%(browser)s). If it was you, nothing is to be done. If not, sign in, "
            "open “My account”, choose “It was not me”, and tell the ID administrator of your "
            "institution.",
            at=f"{clock.in_japan(clock.now()):%Y/%m/%d %H:%M}",
            portal=current_app.config["APP_NAME"],
            browser=browser.description or _("Unknown browser"),
        ),
    )


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


def forget_devices(session: Session, user_id: int) -> None:
    """Every browser is a stranger to the account again (it was reset)."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.user_id == user_id, AccountSession.device_id.is_not(None))
        .values(device_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(KnownDevice)
        .where(KnownDevice.user_id == user_id)
        .execution_options(synchronize_session=False)
    )


def unconfirmed_devices(user_id: int) -> list[KnownDevice]:
    """Devices of an account nobody has called their own yet, newest first."""
    statement = (
        select(KnownDevice)
        .where(KnownDevice.user_id == user_id, KnownDevice.confirmed_at.is_(None))
        .order_by(KnownDevice.first_seen_at.desc(), KnownDevice.id.desc())
    )
    with acting_as(_DEVICES), transaction() as session:
        return list(session.scalars(statement))


def confirm_device(*, by: Actor, device_id: int, own_device: int | None) -> None:
    """The owner, in a browser that is known already, says that another one is theirs too.

    Raises:
        NotVisible: there is no such device waiting, or it is the browser one sits at.
        NotAllowed: the browser one sits at waits for the same word.
    """
    with acting_as(_DEVICES), transaction() as session:
        _waiting(session, by, device_id, own_device).confirmed_at = clock.now()
        note(session, by.user_id, "device_confirmed")


def reject_device(*, by: Actor, device_id: int, own_device: int | None) -> None:
    """The owner does not know the device: its sessions end, and it is a stranger again.

    Raises:
        NotVisible, NotAllowed: as for confirming.
    """
    with acting_as(_DEVICES), transaction() as session:
        device = _waiting(session, by, device_id, own_device)
        of_device = AccountSession.device_id == device.id
        session.execute(
            update(AccountSession)
            .where(of_device, AccountSession.ended_at.is_(None))
            .values(ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(AccountSession)
            .where(of_device)
            .values(device_id=None)
            .execution_options(synchronize_session=False)
        )
        session.delete(device)
        # Whoever signed in there knows the password.
        session.execute(
            update(Account).where(Account.user_id == by.user_id).values(must_change_password=True)
        )
        note(session, by.user_id, "device_rejected")


def _waiting(session: Session, by: Actor, device_id: int, own_device: int | None) -> KnownDevice:
    device = session.get(KnownDevice, device_id, populate_existing=True)
    if device is None or device.user_id != by.user_id or device.confirmed_at is not None:
        raise NotVisible(_l("There is no such device."))
    own = session.get(KnownDevice, own_device) if own_device is not None else None
    if own is None or own.confirmed_at is None:
        raise NotAllowed(_l("Only a browser that is known already can vouch for another one."))
    return device
