"""The verbs of break-glass access: open, end, take note."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.history import because
from app.audit.reads import record_export
from app.breakglass.models import BreakGlass
from app.breakglass.queries import MISSED, own_open_of_case, tries_in_last_hour
from app.breakglass.rules import MINUTES, OPENINGS_PER_HOUR, REASON, WRONG_NUMBERS_PER_HOUR
from app.breakglass.scope import addressed_to
from app.cases.models import Case, CaseAccess
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.claims import opening_to_oneself
from app.security.rights import require
from app.security.rows import EXEMPT

_NUMBER = {EXEMPT: "break-glass access finds a foreign case by its exact number"}


class MetAlready(Exception):
    """The actor meets the case without breaking anything; ``case_id`` leads there."""

    def __init__(self, case_id: int) -> None:
        super().__init__("met already")
        self.case_id = case_id


class NoSuchCase(InvalidInput):
    """No case can be opened under the number; the answer does not say why."""


def note_missed(*, by: Actor) -> None:
    """Note a number without a case: whoever tries numbers is found and stopped by that.

    Called outside the transaction that the miss has undone.
    """
    record_export(by, door=MISSED, count=0, relation="other")


def refuse_too_many(by: Actor) -> None:
    """Raises InvalidState when the actor tried or opened too often within the hour."""
    missed, opened = tries_in_last_hour(by)
    if missed >= WRONG_NUMBERS_PER_HOUR or opened >= OPENINGS_PER_HOUR:
        raise InvalidState(
            _l("Too many tries within an hour. Wait, or telephone the responsible health centre.")
        )


def open_case(number: str, reason: str, explanation: str, *, by: Actor) -> BreakGlass:
    """Let ``by`` alone read the case with this number for an hour from now.

    Raises:
        NotAllowed: the role has no such door.
        InvalidState: too many tries.
        NoSuchCase: no case can be opened under this number; to be noted by ``note_missed``.
        MetAlready: the case exists for the actor anyway.
    """
    require(by, "open", "break_glass")
    refuse_too_many(by)
    case = db.session.scalar(select(Case).where(Case.number == number).execution_options(**_NUMBER))
    if case is None:
        raise NoSuchCase({"number": [_l("No case can be opened under this number.")]})
    running = own_open_of_case(by, case.id)
    if running is not None:
        return running
    if db.session.scalar(select(Case.id).where(Case.id == case.id)) is not None:
        raise MetAlready(case.id)
    with because(f"{REASON.label(reason)}: {explanation}"[:400]), transaction() as session:
        now = clock.now()
        until = now + timedelta(minutes=MINUTES)
        # The tie comes first: from then on the case exists for the one who opens it.
        with opening_to_oneself(case.id):
            _let_in(case.id, until, by)
            session.flush()
        opening = BreakGlass(
            case_id=case.id,
            user_id=by.user_id,
            user_name=by.name,
            role=by.role.value,
            institution_id=by.institution_id,
            reason=reason,
            explanation=explanation,
            opened_at=now,
            expires_at=until,
            responsible_centre_id=case.responsible_centre_id,
            authority_id=case.authority_id,
            prefecture_code=case.prefecture_code,
        )
        session.add(opening)
        session.flush()
    return opening


def end_opening(opening: BreakGlass, *, by: Actor) -> None:
    """Close the case before its time is over.

    Raises:
        NotVisible: somebody else's opening.
    """
    if opening.user_id != by.user_id:
        raise NotVisible(_l("There is no such record."))
    with transaction():
        now = clock.now()
        access = _access_of(opening.case_id, by)
        if access is not None and access.to_at is not None and access.to_at > now:
            access.to_at = now
        opening.expires_at = min(opening.expires_at, now)


def acknowledge(opening: BreakGlass, note: str | None, *, by: Actor) -> None:
    """Take note of an opening for those who answer for the case; a second time changes nothing.

    Raises:
        NotAllowed: the role does not take note, or the person opened the case themselves.
        NotVisible: the case is another centre's.
    """
    require(by, "acknowledge", "break_glass")
    if opening.user_id == by.user_id:
        raise NotAllowed(_l("Somebody else has to take note of this."))
    addressed = addressed_to(by)
    mine = addressed is not None and db.session.scalar(
        select(BreakGlass.id).where(BreakGlass.id == opening.id, addressed)
    )
    if not mine:
        raise NotVisible(_l("There is no such record."))
    if opening.acknowledged_at is not None:
        return
    with transaction():
        opening.acknowledged_at = clock.now()
        opening.acknowledged_by_user_id, opening.acknowledged_by = by.user_id, by.name
        opening.acknowledgement = note


def _let_in(case_id: int, until: datetime, by: Actor) -> None:
    access = _access_of(case_id, by)
    if access is None:
        access = CaseAccess(
            case_id=case_id,
            institution_id=by.institution_id,
            role="break_glass",
            user_id=by.user_id,
        )
        db.session.add(access)
    access.from_at, access.to_at = clock.now(), until


def _access_of(case_id: int, by: Actor) -> CaseAccess | None:
    found: CaseAccess | None = db.session.scalar(
        select(CaseAccess)
        .where(CaseAccess.case_id == case_id, CaseAccess.user_id == by.user_id)
        .execution_options(**_NUMBER)
    )
    return found
