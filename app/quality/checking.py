"""Many findings found to be correct for one reason, and one of them put back.

Each is judged, changed and kept in the history by itself, so each can be put back by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from app.audit.signing import name_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.generated.arguments import MAX_KEY, BadArgument
from app.quality import queries
from app.quality.codes import CHECK_REASON
from app.quality.judging import judge
from app.quality.models import QualityDue, QualityFinding
from app.quality.narrowing import Narrowed, restored
from app.quality.rules import Found
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

CHECKING = "quality_check"
CHUNK = 200
AT_ONCE = 100
"""More than these are checked in the background."""
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """Ticked findings, or all of a narrowed queue as it stood ``at`` a moment.

    What is found later is not among them: nobody has seen it.
    """

    keys: tuple[int, ...]
    narrowed: Narrowed
    at: datetime

    @property
    def condition(self) -> ColumnElement[bool]:
        """The open findings meant; the row law says which of them there are."""
        if self.keys:
            return and_(QualityFinding.id.in_(self.keys), QualityFinding.state == "open")
        return self.narrowed.until_instant(self.at)

    def packed(self) -> dict[str, Any]:
        """As JSON, for a hidden field and for a job; no value of a record."""
        return {
            "keys": list(self.keys),
            "narrowed": self.narrowed.arguments(),
            "at": self.at.isoformat(),
        }


def choice_restored(kept: Any) -> Choice:
    """What :meth:`Choice.packed` gave, read back.

    Raises:
        BadArgument: it was not.
    """
    try:
        keys = tuple(kept["keys"])
        at = datetime.fromisoformat(kept["at"])
        narrowed = restored(kept["narrowed"])
        are_keys = all(type(key) is int and 0 < key <= MAX_KEY for key in keys)
    except (KeyError, TypeError, ValueError):
        raise _mistaken() from None
    if not are_keys or len(keys) > queries.PAGE or at.tzinfo is None:
        raise _mistaken()
    return Choice(keys, narrowed, at)


def _mistaken() -> BadArgument:
    return BadArgument(_l("This address is not complete or has a mistake in it."))


def require_reason(reason: str, note: str | None) -> None:
    """Refuse a reason that says nothing.

    Raises:
        InvalidInput: no reason of the list, or "other" without words.
    """
    if reason not in CHECK_REASON:
        raise InvalidInput({"reason": [_l("Choose one of the list.")]})
    if reason == "other" and not note:
        raise InvalidInput({"note": [_l("Say why the values are right.")]})


def check_many(
    choice: Choice,
    reason: str,
    note: str | None,
    *,
    by: Actor,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, int]:
    """Say of all that the values are right; how many were ``checked`` and how many ``passed``.

    Passed by is what is gone, or was dealt with by somebody else in the meantime. Chunk by
    chunk, each in its own transaction; begun again it goes on with what is still open.

    Raises:
        NotAllowed: the role may not.
        InvalidInput: see :func:`require_reason`.
    """
    require(by, "check", "quality_finding")
    require_reason(reason, note)
    counts = {"checked": 0, "passed": 0}
    keys = _next_keys(choice)
    while keys:
        with transaction() as session:
            done = _check_chunk(session, keys, reason, note, by)
        if not session.info.get("in_transaction"):
            db.session.expunge_all()
        counts["checked"] += done
        counts["passed"] += len(keys) - done
        progress(sum(counts.values()), None)
        before, keys = keys, _next_keys(choice)
        if keys == before:  # not judged any more and not gone: never the same again
            break
    return counts


def put_back(finding: QualityFinding, *, by: Actor) -> None:
    """What was found to be correct is to be checked again.

    Raises:
        NotAllowed: the role may not.
        InvalidState: it is not among the checked ones any more.
    """
    require(by, "check", "quality_finding")
    if finding.state != "checked":
        raise InvalidState(_l("Somebody else has dealt with this in the meantime."))
    with transaction() as session:
        finding.state = "open"
        finding.checked_how = finding.note = finding.checked_values = None
        finding.checked_by = finding.checked_at = None
        session.flush()
        _judged(session, [finding])


def mark(finding: QualityFinding, found: Found, reason: str, note: str | None, by: Actor) -> None:
    """The finding as checked, with the values it was checked with."""
    finding.state, finding.checked_how, finding.note = "checked", reason, note
    finding.checked_values = found.values
    finding.checked_by, finding.checked_at = name_of(by)[:80], clock.now()


def _next_keys(choice: Choice) -> Sequence[int]:
    if not choice.keys:
        return queries.next_keys(choice.narrowed, choice.at, CHUNK)
    statement = select(QualityFinding.id).where(choice.condition)
    return db.session.scalars(statement.order_by(QualityFinding.id)).all()


def _check_chunk(
    session: Session, keys: Sequence[int], reason: str, note: str | None, by: Actor
) -> int:
    # Write first: SQLite lets a writer wait, but refuses one who has read what is old by then.
    session.connection().execute(delete(_DUE).where(_DUE.c.id < 0))
    wanted = select(QualityFinding).where(QualityFinding.id.in_(keys)).order_by(QualityFinding.id)
    judged = _judged(session, session.scalars(wanted).all())
    fresh = wanted.execution_options(populate_existing=True)
    done = 0
    for finding in session.scalars(fresh):
        found = judged.get(_subject(finding), {}).get(finding.rule)
        if finding.state == "open" and found is not None:
            mark(finding, found, reason, note, by)
            done += 1
    session.flush()
    return done


_DUE = QualityDue.__table__


def _judged(
    session: Session, findings: Sequence[QualityFinding]
) -> Mapping[tuple[str, int], Mapping[str, Found]]:
    """(``case`` or ``contact``, key) → rule → what is found now, in this transaction."""
    with acting_as(system_actor("data quality")):
        found = judge(
            session.connection(),
            cases={one.case_id for one in findings if one.case_id is not None},
            contacts={one.contact_id for one in findings if one.contact_id is not None},
        )
    return {key: {one.rule.code: one for one in those} for key, those in found.items()}


def _subject(finding: QualityFinding) -> tuple[str, int]:
    if finding.case_id is not None:
        return "case", finding.case_id
    assert finding.contact_id is not None
    return "contact", finding.contact_id
