"""Reads around scans."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotVisible
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.intake.models import OPEN_STATES, PaperScan
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.paper_code import PaperCode
from app.notifications.queries import families_notified_by

SHOWN = 50
REPORTING_KINDS = ("clinic", "hospital", "test_centre")


def scan_by_id(key: int) -> PaperScan:
    """A scan of the own health centre. Raises NotVisible."""
    found: PaperScan | None = db.session.get(PaperScan, key)
    if found is None:
        raise NotVisible
    return found


def queue(*, closed: bool, before: int | None) -> Sequence[PaperScan]:
    """Scans still to be typed, oldest first; or those that are done, newest first.

    One more than is shown, so that the page knows whether there are others; ``before`` is the
    key from which to go on.
    """
    is_open = PaperScan.state.in_(OPEN_STATES)
    statement = select(PaperScan).options(
        joinedload(PaperScan.clinic), joinedload(PaperScan.notification)
    )
    if closed:
        statement = statement.where(~is_open).order_by(PaperScan.id.desc())
        beyond = None if before is None else PaperScan.id < before
    else:
        statement = statement.where(is_open).order_by(PaperScan.id)
        beyond = None if before is None else PaperScan.id > before
    if beyond is not None:
        statement = statement.where(beyond)
    return db.session.scalars(statement.limit(SHOWN + 1)).unique().all()


def scan_of(notification: Notification) -> PaperScan | None:
    """The paper a notification, or a version before it, was typed from."""
    return db.session.scalars(
        select(PaperScan)
        .where(PaperScan.notification_id == notification.id)
        .order_by(PaperScan.id)
        .limit(1)
    ).first()


def printed_notification(code: PaperCode | None) -> Notification | None:
    """The notification whose print came back; None for other codes, or one not ours to see."""
    if code is None or code.kind != "notification":
        return None
    found: Notification | None = db.session.get(Notification, code.key)
    return found if found is not None and found.version == code.number else None


def clinic_of(code: PaperCode | None) -> Institution | None:
    """The institution a form was issued to, or whose notification came back."""
    if code is None:
        return None
    if code.kind == "notification":
        printed = printed_notification(code)
        return None if printed is None else printed.institution
    found: Institution | None = db.session.get(Institution, code.key)
    return found if found is not None and found.kind in REPORTING_KINDS else None


def family_of(scan: PaperScan, code: PaperCode | None) -> str:
    """The disease a paper is about: that of its draft, what its code says, else what its
    institution notifies most."""
    if scan.notification is not None:
        return scan.notification.disease.family
    printed = printed_notification(code)
    if printed is not None:
        return printed.disease.family
    if code is not None and code.kind == "blank":
        disease = db.session.get(Disease, code.disease) if code.disease else None
        return COVID_19 if disease is None else disease.family
    used = () if scan.clinic_id is None else families_notified_by(scan.clinic_id)
    return used[0] if used else COVID_19
