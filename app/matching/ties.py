"""Whoever met either of two cases meets the one that stays.

The ties of the other case stay with it, so that its page tells whoever opens it where it went.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.history import plain
from app.cases.codes import ACCESS_ROLE
from app.cases.models import Case, CaseAccess
from app.security.actor import acting_as, system_actor

SYSTEM = system_actor("one person once")
_KEPT = ("role", "from_at", "to_at")


def share_ties(session: Session, winner: Case, loser: Case) -> list[list[Any]]:
    """Let everybody of ``loser`` meet ``winner``; gives [key, before, after] of each tie changed.

    ``before`` is None for a tie that was made. A case has one responsible health centre: that of
    the other one is related from now on.
    """
    with acting_as(SYSTEM):
        there = {tie.institution_id: tie for tie in _ties(session, winner.id)}
        changed = []
        for given in _ties(session, loser.id):
            tie, before = there.get(given.institution_id), None
            if tie is None:
                tie = CaseAccess(case_id=winner.id, institution_id=given.institution_id)
                tie.role, tie.from_at, tie.to_at = _weaker(given.role), given.from_at, given.to_at
                session.add(tie)
            else:
                before = _state(tie)
                _widen(tie, given)
            if _state(tie) != before:
                changed.append((tie, before, _state(tie)))
        session.flush()
        told = [[tie.id, before, after] for tie, before, after in changed]
        for tie, _before, _after in changed:
            session.expunge(tie)
    return told


def take_ties_back(session: Session, told: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
    """Make the ties as they were; gives [table, attribute, key] of those changed since."""
    with acting_as(SYSTEM):
        for key, before, after in told:
            tie = session.get(CaseAccess, key)
            if tie is None or _state(tie) != after:
                yield ["case_access", "role", key]
            elif before is None:
                session.delete(tie)
            else:
                tie.role, tie.from_at = before[0], datetime.fromisoformat(before[1])
                tie.to_at = _instant(before[2])
        session.flush()


def _ties(session: Session, case_id: int) -> Sequence[CaseAccess]:
    """Ties of institutions; those of one person alone end by themselves."""
    of_case = select(CaseAccess).where(CaseAccess.case_id == case_id, CaseAccess.user_id.is_(None))
    return session.scalars(of_case.order_by(CaseAccess.id)).unique().all()


def _widen(tie: CaseAccess, given: CaseAccess) -> None:
    order = ACCESS_ROLE.values
    tie.role = min(tie.role, _weaker(given.role), key=order.index)
    tie.from_at = min(tie.from_at, given.from_at)
    ends = (tie.to_at, given.to_at)
    tie.to_at = None if None in ends else max(end for end in ends if end is not None)


def _weaker(role: str) -> str:
    return "related" if role == "responsible" else role


def _state(tie: CaseAccess) -> list[Any]:
    return [plain(getattr(tie, name)) for name in _KEPT]


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
