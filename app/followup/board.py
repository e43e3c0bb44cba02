"""The board 今日の健康観察: one definition for its lists, its counts and the next person.

Groups, most urgent first: red, orange, yellow (fever on two days, no report for a day, or
somebody who wants to be called by a person and stands before the others of the group),
silent (a report is overdue), due (the report of now is still to come), done. The level of the
values stands in ``ObservationPlan.risk``; the clock's share is compared when the board is
read, so that nobody falls silent only when a job runs.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import UtcDateTime, db
from app.core.labels import CodeList
from app.followup.plan_rules import silent_before, turn_at
from app.followup.plans import ObservationPlan
from app.followup.rules import Level
from app.security.actor import Actor

BOARD_GROUP = CodeList(
    "board_group",
    ("red", "赤（至急連絡）", "Red: call at once"),
    ("orange", "橙（早めに連絡）", "Orange: call soon"),
    ("yellow", "黄（要確認）", "Yellow: check"),
    ("silent", "未報告", "No report"),
    ("due", "報告待ち", "Due"),
    ("done", "報告済み", "Done"),
    tones={
        "red": "danger",
        "orange": "warning",
        "yellow": "warning",
        "silent": "info",
        "due": "neutral",
        "done": "success",
    },
)
GROUPS = BOARD_GROUP.values
TO_CALL = ("red", "orange", "yellow", "silent")
"""Groups whose people are called one after the other."""
PAGE = 50
ANSWERED = ("fine", "see_doctor", "ambulance")
CLAIM = timedelta(minutes=10)
_PLAN = ObservationPlan


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the board is looked at."""

    group: str | None = None
    nurse: str | None = None
    """``me``, ``nobody`` or None for everybody."""
    kind: str | None = None
    """``case``, ``contact`` or None."""
    body_id: int | None = None
    """Those observed by this institution."""

    def words(self) -> dict[str, Any]:
        """The choice as parameters of an address."""
        given = {
            "group": self.group,
            "nurse": self.nurse,
            "kind": self.kind,
            "body": self.body_id,
        }
        return {name: value for name, value in given.items() if value is not None}


def group_at(now: datetime) -> ColumnElement[int]:
    """The group of a plan as its place in ``GROUPS``."""
    place = {name: index for index, name in enumerate(GROUPS)}
    heard = func.coalesce(_PLAN.latest_reading_at, _PLAN.begun_at)
    twice, once = turn_at(now, 2), turn_at(now, 1)
    done_from = _by_times(twice.done_from, once.done_from)
    due_from = _by_times(twice.due_from, once.due_from)
    return case(
        (_PLAN.risk == Level.RED, place["red"]),
        (_PLAN.risk == Level.ORANGE, place["orange"]),
        (_PLAN.call_wanted_at.is_not(None), place["yellow"]),
        (or_(_PLAN.risk == Level.YELLOW, heard < silent_before(now)), place["yellow"]),
        (_PLAN.latest_reading_at >= done_from, place["done"]),
        (heard < due_from, place["silent"]),
        else_=place["due"],
    )


def _by_times(twice: datetime, once: datetime) -> ColumnElement[Any]:
    """The instant that counts for a plan; as the columns it is compared with are stored."""
    instants = (literal(moment, UtcDateTime()) for moment in (twice, once))
    return case((_PLAN.times_per_day > 1, next(instants)), else_=next(instants))


def settled_at(now: datetime) -> ColumnElement[int]:
    """1 for who need not be called now: answered since the last report, or to be called later."""
    midnight = clock.midnight_in_japan(clock.in_japan(now).date())
    answered = and_(
        _PLAN.last_call_result.in_(ANSWERED),
        _PLAN.call_wanted_at.is_(None),
        _PLAN.last_call_at >= midnight,
        or_(_PLAN.latest_entry_at.is_(None), _PLAN.latest_entry_at <= _PLAN.last_call_at),
    )
    return case((or_(answered, _PLAN.call_again_at > now), 1), else_=0)


def on_board(actor: Actor, choice: Choice, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Who stands on the actor's board: those the institution answers for or observes.

    A contact leaves after the last day; a case whose days are over stays while its values
    still call for somebody.
    """
    today = clock.in_japan(now).date()
    conditions: list[ColumnElement[bool]] = [
        _PLAN.status == "active",
        or_(_PLAN.ends_on >= today, and_(_PLAN.case_id.is_not(None), _PLAN.risk > int(Level.NONE))),
        or_(_PLAN.centre_id == actor.institution_id, _PLAN.institution_id == actor.institution_id),
    ]
    if choice.nurse == "me":
        conditions.append(_PLAN.nurse_id == actor.user_id)
    elif choice.nurse == "nobody":
        conditions.append(_PLAN.nurse_id.is_(None))
    if choice.kind is not None:
        subject = _PLAN.case_id if choice.kind == "case" else _PLAN.contact_id
        conditions.append(subject.is_not(None))
    if choice.body_id is not None:
        conditions.append(_PLAN.institution_id == choice.body_id)
    if choice.group is not None:
        conditions.append(group_at(now) == GROUPS.index(choice.group))
    return tuple(conditions)


def counts(actor: Actor, choice: Choice, now: datetime) -> dict[str, int]:
    """Group → people, whatever group is chosen; the lists below have exactly these lengths."""
    return counts_and_mark(actor, choice, now)[0]


def counts_and_mark(actor: Actor, choice: Choice, now: datetime) -> tuple[dict[str, int], str]:
    """The counts, and a mark that differs as soon as a report, a call or the clock moves anybody."""
    group = group_at(now).label("board_group")
    everybody = replace(choice, group=None)
    found = db.session.execute(
        select(
            group,
            func.count(_PLAN.id),
            func.max(_PLAN.latest_entry_at),
            func.max(_PLAN.last_call_at),
        )
        .where(*on_board(actor, everybody, now))
        .group_by(group)
        .order_by(group)
    ).all()
    numbers = {GROUPS[place]: number for place, number, _entry, _call in found}
    mark = hashlib.sha256(repr([tuple(row) for row in found]).encode()).hexdigest()[:16]
    return {name: numbers.get(name, 0) for name in GROUPS}, mark


def people(
    actor: Actor, choice: Choice, now: datetime, *, page: int = 1
) -> list[tuple[ObservationPlan, str, bool]]:
    """One page: plan, group, settled; whoever needs it most comes first."""
    statement = _ordered(actor, choice, now).options(*WITH_PEOPLE)
    found = db.session.execute(statement.limit(PAGE).offset((page - 1) * PAGE))
    return [(plan, GROUPS[place], bool(settled)) for plan, place, settled in found]


def next_to_call(
    actor: Actor, choice: Choice, now: datetime, *, without: int | None = None
) -> int | None:
    """The key of the next plan to call: most urgent, not settled, not open at somebody else's."""
    places = [GROUPS.index(choice.group or name) for name in TO_CALL]
    free = or_(
        _PLAN.claimed_until.is_(None),
        _PLAN.claimed_until <= now,
        _PLAN.claimed_by_id == actor.user_id,
    )
    conditions = [free, settled_at(now) == 0, group_at(now).in_(places)]
    if without is not None:
        conditions.append(_PLAN.id != without)
    order = _order(now)
    return db.session.scalar(
        select(_PLAN.id).where(*on_board(actor, choice, now), *conditions).order_by(*order).limit(1)
    )


def _ordered(actor: Actor, choice: Choice, now: datetime) -> Any:
    columns = (group_at(now).label("board_group"), settled_at(now).label("settled"))
    return select(_PLAN, *columns).where(*on_board(actor, choice, now)).order_by(*_order(now))


def _order(now: datetime) -> tuple[Any, ...]:
    heard = func.coalesce(_PLAN.latest_reading_at, _PLAN.begun_at)
    waits = case((_PLAN.call_wanted_at.is_not(None), 0), else_=1)
    return (group_at(now), settled_at(now), waits, heard, _PLAN.id)


WITH_PEOPLE = (
    joinedload(_PLAN.case).joinedload(Case.person),
    joinedload(_PLAN.contact).joinedload(Contact.person),
)


def overview(now: datetime) -> list[tuple[int | None, int | None, dict[str, int]]]:
    """(health centre, observing institution) → people per group, for whole areas.

    Which plans exist is the row law's answer; nothing of a person is read.
    """
    today = clock.in_japan(now).date()
    group = group_at(now).label("board_group")
    found = db.session.execute(
        select(_PLAN.centre_id, _PLAN.institution_id, group, func.count(_PLAN.id))
        .where(
            _PLAN.status == "active",
            or_(
                _PLAN.ends_on >= today,
                and_(_PLAN.case_id.is_not(None), _PLAN.risk > int(Level.NONE)),
            ),
        )
        .group_by(_PLAN.centre_id, _PLAN.institution_id, group)
    )
    table: dict[tuple[int | None, int | None], dict[str, int]] = {}
    for centre, body, place, number in found:
        table.setdefault((centre, body), dict.fromkeys(GROUPS, 0))[GROUPS[place]] = number
    return [(*key, numbers) for key, numbers in table.items()]
