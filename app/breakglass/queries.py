"""Reads around break-glass access."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.audit.models import ReadEntry
from app.breakglass.models import BreakGlass
from app.breakglass.scope import addressed_to
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.generated.arguments import Cursor
from app.generated.waiting import number_waiting, waiting_for
from app.security.actor import Actor
from app.security.rights import holds

PAGE = 25
MISSED = "break_glass.missed"
LOOKS = 200
_PARTIES = (joinedload(BreakGlass.institution), joinedload(BreakGlass.responsible_centre))


@waiting_for("break_glass")
def _openings_to_note(actor: Actor) -> Select[Any] | None:
    addressed = addressed_to(actor) if holds(actor, "acknowledge", "break_glass") else None
    if addressed is None:
        return None
    return select(func.count(BreakGlass.id)).where(addressed, BreakGlass.acknowledged_at.is_(None))


def waiting_count(actor: Actor) -> int:
    """How many openings of the actor's cases nobody took note of yet."""
    return number_waiting("break_glass", actor)


def addressed_openings(
    actor: Actor, *, waiting: bool, cursor: Cursor | None = None
) -> Sequence[BreakGlass]:
    """Openings of the actor's cases, newest first, one more than a page."""
    addressed = addressed_to(actor)
    if addressed is None:
        return ()
    statement = select(BreakGlass).where(addressed).options(*_PARTIES)
    if waiting:
        statement = statement.where(BreakGlass.acknowledged_at.is_(None))
    if cursor is not None:
        statement = statement.where(BreakGlass.id < cursor.key)
    found = db.session.scalars(statement.order_by(BreakGlass.id.desc()).limit(PAGE + 1))
    return found.unique().all()


def own_open(actor: Actor) -> Sequence[BreakGlass]:
    """What the actor holds open at this instant."""
    return db.session.scalars(
        select(BreakGlass)
        .where(BreakGlass.user_id == actor.user_id, BreakGlass.expires_at > clock.now())
        .options(*_PARTIES)
        .order_by(BreakGlass.id.desc())
    ).all()


def own_open_of_case(actor: Actor, case_id: int | None) -> BreakGlass | None:
    """The actor's opening of one case that runs at this instant."""
    return db.session.scalars(
        select(BreakGlass)
        .where(
            BreakGlass.user_id == actor.user_id,
            BreakGlass.case_id == case_id,
            BreakGlass.expires_at > clock.now(),
        )
        .order_by(BreakGlass.id.desc())
        .limit(1)
    ).first()


def tries_in_last_hour(actor: Actor) -> tuple[int, int]:
    """(wrong numbers, openings) of the actor in the last hour."""
    since = clock.now() - timedelta(hours=1)
    missed = select(func.count(ReadEntry.id)).where(
        ReadEntry.user_id == actor.user_id, ReadEntry.at > since, ReadEntry.door == MISSED
    )
    opened = select(func.count(BreakGlass.id)).where(
        BreakGlass.user_id == actor.user_id, BreakGlass.opened_at > since
    )
    return int(db.session.scalar(missed) or 0), int(db.session.scalar(opened) or 0)


def looks_under(opening: BreakGlass) -> list[tuple[datetime, str]]:
    """(when, door) of everything looked at under an opening, in order."""
    case = Case.__table__.alias()
    person = select(case.c.person_id).where(case.c.id == opening.case_id).scalar_subquery()
    rows = db.session.execute(
        select(ReadEntry.at, ReadEntry.door)
        .where(
            or_(ReadEntry.case_id == opening.case_id, ReadEntry.person_id == person),
            ReadEntry.user_id == opening.user_id,
            ReadEntry.at >= opening.opened_at,
            ReadEntry.at < opening.expires_at,
        )
        .order_by(ReadEntry.at, ReadEntry.id)
        .limit(LOOKS)
    )
    return [(at, door) for at, door in rows]
