"""Turning the switch, and asking the other processes for help."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.audit.history import because
from app.core import clock
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.rights import require
from app.surge.models import SurgeSwitch
from app.surge.rules import MODES, why_notifications_first


def switch() -> SurgeSwitch | None:
    """The switch as it stands; None as long as nobody has turned it."""
    return db.session.scalar(select(SurgeSwitch).order_by(SurgeSwitch.id).limit(1))


def mode() -> str:
    """The mode that is set."""
    found = switch()
    return "auto" if found is None else found.mode


def turn(mode: str, reason: str, *, by: Actor) -> SurgeSwitch:
    """Set the mode; the reason stands in the history.

    Raises:
        NotAllowed: not an operator's role.
        InvalidInput: an unknown mode, or no reason.
    """
    require(by, "edit", "surge")
    if mode not in MODES:
        raise InvalidInput({"mode": [_l("There is no such mode.")]})
    if not reason.strip():
        raise InvalidInput({"reason": [_l("Please give the reason.")]})
    with transaction() as session, because(reason.strip()):
        found = switch()
        if found is None:
            found = SurgeSwitch(mode=mode)
            session.add(found)
        found.mode = mode
        session.flush()
    return found


def ask_for_help(seconds: float | None) -> None:
    """Tell the other processes that this one is overloaded for so long (None: no longer).

    No history: the queue of requests asks, not a person.
    """
    until = None if seconds is None else clock.now() + timedelta(seconds=seconds)
    with transaction() as session:
        found = switch()
        if found is None:
            session.add(SurgeSwitch(mode="auto", overloaded_until_at=until))
            return
        # Set-based, so that an operator who turns the switch meanwhile is not in conflict.
        session.connection().execute(
            update(SurgeSwitch.__table__)
            .where(SurgeSwitch.__table__.c.id == found.id)
            .values(overloaded_until_at=until)
        )


def help_wanted(found: SurgeSwitch | None) -> bool:
    """True while some web process says that it is overloaded."""
    until = None if found is None else found.overloaded_until_at
    return until is not None and until > clock.now()


def help_until(found: SurgeSwitch | None) -> str:
    """Until when an overload is assumed, as people read it; empty when there is none."""
    until = None if found is None else found.overloaded_until_at
    return format_instant(until) if until is not None and help_wanted(found) else ""


def notifications_come_first() -> bool:
    """The mode as other processes than web servers see it."""
    found = switch()
    mode = "auto" if found is None else found.mode
    return why_notifications_first(mode, overloaded=help_wanted(found)) is not None
