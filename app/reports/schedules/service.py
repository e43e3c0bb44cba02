"""The verbs of scheduled reports: schedule, pause, resume, end, be told by mail."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.reports.kind import ReportKind
from app.reports.kinds import kind_named, require_kind
from app.reports.layout_queries import layouts_of
from app.reports.protection import Lock
from app.reports.schedules.models import ReportSchedule, ReportSubscription, area_columns
from app.reports.schedules.rules import Choices, Rhythm, next_after
from app.reports.service import needs_password
from app.security.actor import Actor, acting_as, system_actor
from app.statistics.areas import own_area
from app.statistics.queries import FAMILY

SCHEDULER = system_actor("scheduled reports")
USUAL = Choices(basis="reported", family=FAMILY)
MOST = 30
"""Schedules an institution may have at a time."""


def schedule(
    key: str,
    rhythm: Rhythm,
    *,
    by: Actor,
    choices: Choices = USUAL,
    recipient: str = "",
    purpose: str = "",
    lock: Lock | None = None,
) -> ReportSchedule:
    """Have a report made again and again, of the actor's area and with the actor's rights.

    Without a chosen layout each file has the one that is the default on its day.

    Raises:
        NotVisible: no such report, or a role without figures.
        NotAllowed: the role may not ask for it.
        InvalidInput: no recipient, purpose or password where people are in it, or a layout of
            another report.
        InvalidState: the institution has too many already.
    """
    kind = kind_named(key)
    require_kind(kind, by)
    area = own_area(by)
    if by.user_id is None or by.institution_id is None:
        raise NotAllowed(_l("Your role may not do this."))
    said = {"recipient": recipient.strip(), "purpose": purpose.strip()}
    problems = _problems(kind, choices, said, lock)
    if problems:
        raise InvalidInput(problems)
    with transaction() as session:
        count = select(func.count()).select_from(ReportSchedule)
        mine = ReportSchedule.institution_id == by.institution_id
        if (session.scalar(count.where(mine, ReportSchedule.state != "ended")) or 0) >= MOST:
            raise InvalidState(_l("End a scheduled report first: there are too many."))
        made = ReportSchedule(
            kind=key,
            action=kind.action,
            every=rhythm.every,
            hour=rhythm.hour,
            weekday=rhythm.weekday,
            month_day=rhythm.day,
            lock=None if lock is None else lock.packed(),
            next_at=next_after(rhythm, clock.now()),
            **asdict(choices),
            **area_columns(area),
            **said,
        )
        made.belong_to(by)
        session.add(made)
        session.flush()
        session.add(ReportSubscription(schedule_id=made.id, user_id=by.user_id))
    return made


def _problems(
    kind: ReportKind, choices: Choices, said: Mapping[str, str], lock: Lock | None
) -> dict[str, list[Any]]:
    missing = [name for name, text in said.items() if kind.holds_people and not text]
    problems = {name: [_l("Say it: people are in this file.")] for name in missing}
    if needs_password(kind) and lock is None:
        problems["password"] = [_l("Files with people in them leave with a password only.")]
    layout = choices.layout_id
    if layout is not None and layout not in {one.id for one in layouts_of(kind.key)}:
        problems["layout"] = [_l("This layout is one of another report.")]
    return problems


def pause(one: ReportSchedule, *, by: Actor) -> None:
    """Make no more of it for now.

    Raises:
        NotAllowed: of another institution.
        InvalidState: it is not active.
    """
    _of_institution(one, by)
    _in(one, ("active",))
    with transaction():
        one.state, one.paused_by = "paused", "owner"


def resume(one: ReportSchedule, *, by: Actor) -> None:
    """Go on; from now on it is made with the rights the actor has now.

    Raises:
        NotAllowed: of another institution, or the role may not ask for such a report.
        InvalidState: it is not paused.
    """
    _of_institution(one, by)
    require_kind(kind_named(one.kind), by)
    _in(one, ("paused",))
    with transaction():
        one.belong_to(by)
        one.state, one.paused_by, one.failures = "active", None, 0
        one.next_at = next_after(one.rhythm, clock.now())


def end(one: ReportSchedule, *, by: Actor) -> None:
    """Make no more of it; what was made stays until it expires.

    Raises:
        NotAllowed: of another institution.
        InvalidState: it was ended.
    """
    _of_institution(one, by)
    _in(one, ("active", "paused"))
    with transaction():
        one.state = "ended"


def subscribe(one: ReportSchedule, *, by: Actor) -> None:
    """Tell the actor by mail when a report is there."""
    with transaction() as session:
        if by.user_id is not None and not is_told(one, by):
            session.add(ReportSubscription(schedule_id=one.id, user_id=by.user_id))


def unsubscribe(one: ReportSchedule, *, by: Actor) -> None:
    """Tell the actor no longer."""
    mine = (
        ReportSubscription.schedule_id == one.id,
        ReportSubscription.user_id == by.user_id,
    )
    with transaction() as session:
        session.execute(delete(ReportSubscription).where(*mine))


def is_told(one: ReportSchedule, actor: Actor) -> bool:
    """True when the actor is told by mail."""
    return actor.user_id in subscribers(one.id)


def subscribers(schedule_id: int) -> Sequence[int]:
    """Who is told, as keys of users."""
    wanted = select(ReportSubscription.user_id).where(ReportSubscription.schedule_id == schedule_id)
    with acting_as(SCHEDULER):
        found: Sequence[int] = db.session.scalars(wanted).all()
    return found


def may_steer(one: ReportSchedule, actor: Actor) -> bool:
    """True for those of the owner's institution."""
    return one.institution_id == actor.institution_id


def _of_institution(one: ReportSchedule, by: Actor) -> None:
    if not may_steer(one, by):
        raise NotAllowed(_l("This was scheduled at another institution."))


def _in(one: ReportSchedule, states: tuple[str, ...]) -> None:
    if one.state not in states:
        raise InvalidState(_l("This scheduled report is in another state by now."))
