"""Saving, changing and removing bed plans."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.planning.models import NAME_LENGTH, NOTE_LENGTH, SOURCE_LENGTH, BedPlan
from app.security.actor import Actor
from app.security.rights import require
from app.statistics.areas import Area
from app.statistics.scope import CENTRE_ROLES, NATIONAL_ROLES

SAVED_LIMIT = 100


def save_plan(
    name: str,
    note: str,
    assumptions: Mapping[str, str],
    area: Area,
    *,
    by: Actor,
    sources: Mapping[str, str] | None = None,
) -> BedPlan:
    """Keep the assumptions under a name; one's own plan of the same name is replaced.

    ``sources`` says of numbers where they come from; what is blank says nothing.

    Raises:
        InvalidInput: no name, or words that are too long.
        InvalidState: there are too many already.
    """
    require(by, "save", "planning")
    named, said = " ".join(name.split()), note.strip()
    stated = {key: " ".join(text.split()) for key, text in (sources or {}).items() if text.strip()}
    _check_words(named, said, stated)
    with transaction() as session:
        mine = session.scalars(select(BedPlan).where(BedPlan.user_id == by.user_id)).all()
        plan = next((one for one in mine if one.name == named), None)
        if plan is None:
            if len(mine) >= SAVED_LIMIT:
                raise InvalidState(_l("Remove a plan you saved earlier first."))
            plan = BedPlan(user_id=by.user_id)
            session.add(plan)
        plan.name, plan.note, plan.owner = named, said or None, signature_of(by)[:120]
        plan.assumptions = [list(pair) for pair in sorted(assumptions.items())]
        plan.sources = stated or None
        plan.prefecture_code, plan.authority_id, plan.centre_id = _standing(area, by)
        plan.saved_at = clock.now()
        session.flush()
    return plan


def remove_plan(plan_id: int, *, by: Actor) -> str:
    """Remove one's own; gives its name.

    Raises:
        NotVisible: there is none for the actor.
        NotAllowed: somebody else's.
    """
    require(by, "save", "planning")
    with transaction() as session:
        plan = plan_by_id(plan_id)
        if plan.user_id != by.user_id:
            raise NotAllowed(_l("Only whoever saved it may remove it."))
        session.delete(plan)
    return plan.name


def plan_by_id(plan_id: int) -> BedPlan:
    """A plan of the actor's area. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(select(BedPlan).where(BedPlan.id == plan_id)).first()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def saved_plans() -> Sequence[BedPlan]:
    """Those of the actor's area, newest first."""
    statement = select(BedPlan).order_by(BedPlan.saved_at.desc(), BedPlan.id.desc())
    found: Sequence[BedPlan] = db.session.scalars(statement.limit(SAVED_LIMIT)).all()
    return found


def _check_words(name: str, note: str, stated: Mapping[str, str]) -> None:
    problems: dict[str, list[object]] = {}
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        sentence = _l("Type a name of at most %(limit)s characters.", limit=NAME_LENGTH)
        problems["name"] = [sentence]
    if len(note) > NOTE_LENGTH or "\x00" in note:
        sentence = _l("Type a note of at most %(limit)s characters.", limit=NOTE_LENGTH)
        problems["note"] = [sentence]
    for key, text in stated.items():
        if len(text) > SOURCE_LENGTH or "\x00" in text:
            sentence = _l("Type a source of at most %(limit)s characters.", limit=SOURCE_LENGTH)
            problems[f"source_{key}"] = [sentence]
    if problems:
        raise InvalidInput(problems)


def _standing(area: Area, by: Actor) -> tuple[str | None, int | None, int | None]:
    """The areas the plan lies in: what the area does not say, the actor's own place does."""
    if by.role in NATIONAL_ROLES:
        return area.prefecture_code, area.authority_id, area.centre_id
    authority = area.authority_id
    if authority is None and by.role in CENTRE_ROLES:
        authority = by.authority_id
    return area.prefecture_code or by.prefecture_code, authority, area.centre_id
