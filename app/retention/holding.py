"""保存の保留: a record is held, and released, with a reason."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.history import because
from app.audit.signing import name_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.retention.kinds import KINDS
from app.retention.models import RetentionEntry, RetentionHold
from app.retention.preview import leave
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

REASON_LENGTH = 400


def place_hold(hold: RetentionHold, *, by: Actor) -> RetentionHold:
    """Keep a record whole from now on; what is listed of it leaves the preview at once.

    Raises:
        NotAllowed: the role may not hold.
        InvalidInput: the last day lies in the past.
        InvalidState: the record is anonymised already.
        NotVisible: the case or contact does not exist for the actor.
    """
    require(by, "add", "retention_hold")
    if hold.until_on is not None and hold.until_on < clock.today():
        raise InvalidInput({"until_on": [_l("This day lies in the past.")]})
    kind = "case" if hold.case_id is not None else "contact"
    model = KINDS[kind].model
    with transaction() as session:
        key = hold.case_id if kind == "case" else hold.contact_id
        record = session.get(model, key)
        if record is None:
            raise NotVisible(_l("There is no such record."))
        if record.anonymised_on is not None:
            raise InvalidState(_l("This record has been anonymised. It cannot be changed."))
        person_id = record.person_id
        hold.person_id = person_id if hold.reach == "person" else None
        hold.placed_by, hold.institution_id = name_of(by)[:100], by.institution_id
        hold.reference = KINDS[kind].reference(record)
        with because(hold.reason):
            session.add(hold)
            session.flush()
        with acting_as(system_actor("retention")):
            for subject in _subjects_of(person_id, kind, key):
                leave(subject, "held")
    return hold


def release(hold: RetentionHold, why: str, *, by: Actor) -> None:
    """End a hold; the record enters the preview anew when its time has come.

    Raises:
        NotAllowed: the role may not release.
        InvalidInput: no reason.
        InvalidState: it is released already.
    """
    require(by, "release", "retention_hold")
    said = why.strip()
    if not said or len(said) > REASON_LENGTH:
        raise InvalidInput({"reason": [_l("Say why, in at most 400 characters.")]})
    if hold.released_at is not None:
        raise InvalidState(_l("This hold has been released already."))
    with because(said), transaction():
        hold.released_at, hold.released_by = clock.now(), name_of(by)[:100]
        hold.release_reason = said


def _subjects_of(person_id: int | None, kind: str, key: Any) -> set[str]:
    """The subjects listed that the record belongs to: its own, and those its exposures tie."""
    own = f"{kind}:{key}" if person_id is None else f"person:{person_id}"
    listed = select(RetentionEntry.subject).where(
        RetentionEntry.subject == own, RetentionEntry.state == "waiting"
    )
    return set(db.session.scalars(listed))
