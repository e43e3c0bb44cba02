"""What happens to a paper: received, claimed by one, typed, looked at by a second, or discarded."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.audit.history import because
from app.core import clock
from app.core.dates import format_instant
from app.core.db import db, new_token
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.intake import store
from app.intake.models import OPEN_STATES, PaperScan
from app.intake.queries import clinic_of, scan_of
from app.notifications import service as notifications
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.paper_code import PaperCode
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import HEALTH_CENTRE_ROLES

REASON_LENGTH = 400
_NAME_LENGTH = 100


def receive_all(
    scans: Sequence[Sequence[bytes]],
    *,
    by: Actor,
    signed_as: str,
    clinic: Institution | None = None,
    code: PaperCode | None = None,
    apart: bool = False,
) -> list[PaperScan]:
    """Put scans into the queue of the actor's health centre, all or none.

    Args:
        scans: for each its pages, PNG files drawn by ``reading.pages_of``.
        code: the code on the form; it names the clinic where ``clinic`` does not.
        apart: every page is a notification of its own.
    """
    require(by, "add", "paper_scan")
    parts = [[page] for scan in scans for page in scan] if apart else scans
    sender = clinic or clinic_of(code)
    kept: list[str] = []
    try:
        with transaction() as session:
            made = []
            for part in parts:
                kept.append(new_token())
                store.keep(kept[-1], part)
                made.append(
                    PaperScan(
                        centre_id=by.institution_id,
                        clinic_id=None if sender is None else sender.id,
                        token=kept[-1],
                        page_count=len(part),
                        code=None if code is None else str(code),
                        received_by=signed_as[:_NAME_LENGTH],
                    )
                )
            session.add_all(made)
            session.flush()
    except BaseException:
        for token in kept:
            store.remove(token)
        raise
    return made


def match(
    scan: PaperScan, *, by: Actor, clinic: Institution | None, code: PaperCode | None
) -> None:
    """Say which institution sent the paper, and the code it carries. Raises InvalidState."""
    require(by, "edit", "paper_scan")
    with _step(scan, OPEN_STATES):
        scan.code = str(code) if code is not None else scan.code
        found = clinic or clinic_of(code)
        scan.clinic_id = None if found is None else found.id


def claim(scan: PaperScan, *, by: Actor, signed_as: str, family: str = COVID_19) -> Notification:
    """Begin typing: the paper is the actor's alone, and a draft is opened for it.

    Going on with a paper that is already one's own gives its draft again.

    Args:
        family: the disease whose form it is. A draft keeps its disease: one begun for another
            is thrown away and begun anew.

    Raises:
        InvalidState: somebody else is typing it, or it is done.
    """
    require(by, "edit", "paper_scan")
    mine = scan.state == "typing" and scan.claimed_by_user_id == by.user_id
    begun = scan.notification
    if mine and begun is not None and begun.disease.family == family:
        return begun
    with _step(scan, ("received",) if not mine else ("typing",)) as session:
        scan.state = "typing"
        scan.claimed_at = clock.now()
        scan.claimed_by = signed_as[:_NAME_LENGTH]
        scan.claimed_by_user_id = by.user_id
        other = begun is not None and begun.disease.family != family
        if begun is None or other:
            scan.notification = None
            session.flush()  # Of two people who claim at once, one stops here.
            if begun is not None:
                notifications.discard_draft(begun, by=by)
            scan.notification = notifications.save_draft(_begun(scan), by=by, family=family)
    assert scan.notification is not None
    return scan.notification


def release(scan: PaperScan, *, by: Actor) -> None:
    """Give a paper back to the queue; what was typed stays in its draft.

    Any colleague may do this: who began may be ill.
    """
    require(by, "edit", "paper_scan")
    with _step(scan, ("typing",)):
        scan.state = "received"
        scan.claimed_at = scan.claimed_by = scan.claimed_by_user_id = None


def attach(scan: PaperScan, notification: Notification, *, by: Actor, signed_as: str) -> None:
    """The paper is the print of a notification that is here already: nothing to type.

    Raises:
        InvalidState: the paper is done, or its draft has been begun.
        InvalidInput: a draft is no notification.
    """
    require(by, "edit", "paper_scan")
    if notification.state == "draft":
        raise InvalidInput({}, _l("A draft is not a notification yet."))
    with _step(scan, ("received",)):
        scan.notification = notification
        scan.clinic_id = notification.institution_id
        _close(scan, by, signed_as)


def discard(scan: PaperScan, reason: str, *, by: Actor) -> None:
    """Take a paper that is no notification out of the queue. Raises InvalidInput, InvalidState."""
    require(by, "edit", "paper_scan")
    why = " ".join(reason.split())
    if not why:
        raise InvalidInput({"reason": [_l("Enter the reason.")]})
    if len(why) > REASON_LENGTH:
        raise InvalidInput({"reason": [_l("At most %(limit)s characters.", limit=REASON_LENGTH)]})
    with because(why), _step(scan, ("received", "typing")) as session:
        draft = scan.notification
        scan.state, scan.discarded_reason, scan.closed_at = "discarded", why, clock.now()
        scan.notification = None
        session.flush()
        if draft is not None and draft.state == "draft":
            notifications.discard_draft(draft, by=by)


def typed(notification: Notification, by: Actor) -> None:
    """A draft was submitted: its paper is done. Only health centres have paper."""
    scan = scan_of(notification) if by.role in HEALTH_CENTRE_ROLES else None
    if scan is not None and scan.state in OPEN_STATES:
        scan.clinic_id = notification.institution_id
        _close(scan, by, scan.claimed_by if scan.claimed_by_user_id == by.user_id else by.name)


def checked(scan: PaperScan, decisions: dict[str, str], *, by: Actor, signed_as: str) -> None:
    """A second person typed the key items; ``decisions`` say who was right where they differed.

    Raises:
        NotAllowed: the same person typed it first.
        InvalidState: it is not typed yet, or checked already.
    """
    require_second(scan, by)
    with _step(scan, ("typed",)):
        scan.state, scan.checked_at = "checked", clock.now()
        scan.checked_by = signed_as[:_NAME_LENGTH]
        scan.decisions = dict(decisions)


def require_second(scan: PaperScan, by: Actor) -> None:
    """Raises NotAllowed for the first typist, InvalidState for what cannot be checked."""
    require(by, "check", "paper_scan")
    if scan.state != "typed" or scan.notification is None or not scan.notification.snapshot:
        raise InvalidState(standing(scan))
    if scan.typed_by_user_id == by.user_id:
        raise NotAllowed(_l("Somebody other than the first typist has to check."))


def standing(scan: PaperScan) -> object:
    """Where a paper stands, for somebody who came too late."""
    if scan.state == "typing" and scan.claimed_at is not None:
        return _l(
            "%(who)s has been typing this paper since %(at)s.",
            who=scan.claimed_by,
            at=format_instant(scan.claimed_at),
        )
    sentences = {
        "received": _l("This paper is waiting to be typed."),
        "typed": _l("This paper was already typed by %(who)s.", who=scan.typed_by or ""),
        "checked": _l("This paper was already checked by %(who)s.", who=scan.checked_by or ""),
        "discarded": _l("This paper was discarded."),
    }
    return sentences.get(scan.state, "")


def _close(scan: PaperScan, by: Actor, signed_as: str | None) -> None:
    now = clock.now()
    scan.state, scan.typed_at, scan.closed_at = "typed", now, now
    scan.typed_by = (signed_as or by.name)[:_NAME_LENGTH]
    scan.typed_by_user_id = by.user_id


def _begun(scan: PaperScan) -> dict[str, list[str]]:
    """The draft as it is opened: whose notification it is."""
    clinic = scan.clinic
    if clinic is None:
        return {}
    begun = {
        "institution_id": [str(clinic.id)],
        "institution_name": [clinic.name],
        "institution_address": [clinic.address or ""],
        "institution_phone": [clinic.phone or ""],
    }
    return {name: texts for name, texts in begun.items() if texts[0]}


@contextmanager
def _step(scan: PaperScan, standing_at: Sequence[str]) -> Iterator[Session]:
    """A change in one transaction; whoever comes second is told what happened."""
    if scan.state not in standing_at:
        raise InvalidState(standing(scan))
    try:
        with transaction() as session:
            yield session
            session.flush()
    except StaleDataError:
        db.session.refresh(scan)
        raise InvalidState(standing(scan)) from None
