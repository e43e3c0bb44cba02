"""What the board sorts by: the level of the standing values and the hour of the last report.

Written by the report that changes it, so that a board of thousands reads an indexed column.
The share of the clock (silence, what is due) is asked when the board is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from app.contacts.models import Contact
from app.core import clock
from app.followup.calls import FollowUpCall
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.followup.rules import Reading, Thresholds, assess
from app.institutions.diseases import Disease

_PLAN = ObservationPlan.__table__
_SEEN = HealthObservation.__table__
_CONTACT = Contact.__table__
_DISEASE = Disease.__table__
LOOK_BACK = timedelta(days=21)
PIECE = 400
"""Plans whose readings are held in memory at once."""
_LINES = ("spo2_red", "spo2_orange", "fever_orange", "fever_yellow", "spo2_drop")


def refresh_risks(
    connection: Connection,
    *,
    cases: Iterable[int] = (),
    contacts: Iterable[int] = (),
    entered_at: datetime | None = None,
) -> None:
    """Write anew what the board sorts by for the plans of these cases and contacts.

    ``entered_at`` is the instant a report came in; None leaves the latest one standing.
    Three statements whatever their number.
    """
    case_ids, contact_ids = tuple(cases), tuple(contacts)
    became = select(_CONTACT.c.case_id).where(_CONTACT.c.id.in_(contact_ids))
    subject = [_PLAN.c.case_id.in_(case_ids)] if case_ids else []
    if contact_ids:
        subject += [_PLAN.c.contact_id.in_(contact_ids), _PLAN.c.case_id.in_(became)]
    _refresh(connection, or_(*subject), entered_at)


def note_call(connection: Connection, call: FollowUpCall) -> None:
    """Let the plan show its latest call, and free it for the next person who calls."""
    subject = (
        _PLAN.c.case_id == call.case_id
        if call.case_id is not None
        else _PLAN.c.contact_id == call.contact_id
    )
    values: dict[str, Any] = {
        "last_call_at": call.called_at,
        "last_call_result": call.result,
        "call_again_at": call.again_at,
        "claimed_by_id": None,
        "claimed_until": None,
    }
    if call.result != "no_answer":
        values |= {"call_wanted_at": None, "call_wanted": None}
    connection.execute(update(_PLAN).where(subject).values(values))


def want_call(connection: Connection, plan_id: int, why: str) -> None:
    """Somebody is to be called by a person (code of ``CALL_WANTED``): the board says so at once,
    also where an earlier call was put off."""
    values = {"call_wanted_at": clock.now(), "call_wanted": why, "call_again_at": None}
    connection.execute(update(_PLAN).where(_PLAN.c.id == plan_id).values(values))


def claim(connection: Connection, plan_id: int, user_id: int, until: datetime) -> None:
    """Somebody has the call sheet open: the next caller is given another person."""
    values = {"claimed_by_id": user_id, "claimed_until": until}
    connection.execute(update(_PLAN).where(_PLAN.c.id == plan_id).values(values))


def refresh_disease(connection: Connection, disease_id: int) -> int:
    """Judge everybody under observation for a disease anew, whose lines were moved.

    Gives the number of plans looked at.
    """
    running = select(_PLAN.c.id).where(_PLAN.c.disease_id == disease_id, _PLAN.c.status == "active")
    keys = connection.execute(running.order_by(_PLAN.c.id)).scalars().all()
    for start in range(0, len(keys), PIECE):
        _refresh(connection, _PLAN.c.id.in_(keys[start : start + PIECE]), None)
    return len(keys)


def _refresh(connection: Connection, condition: Any, entered_at: datetime | None) -> None:
    columns = [_PLAN.c.id, _PLAN.c.case_id, _PLAN.c.contact_id]
    lines = [_DISEASE.c[name] for name in _LINES]
    plans = connection.execute(
        select(*columns, *lines)
        .join(_DISEASE, _DISEASE.c.id == _PLAN.c.disease_id)
        .where(condition)
    ).all()
    if not plans:
        return
    readings = _readings(connection, plans)
    now = clock.now()
    rows = []
    for plan in plans:
        mine = readings.get(plan.id, [])
        alert = assess(mine, Thresholds.of(plan), now=now, expected=False)
        rows.append(
            {
                "plan": plan.id,
                "risk": int(alert.level),
                "reading_at": max((r.at for r in mine), default=None),
            }
            | ({"entry_at": entered_at} if entered_at is not None else {})
        )
    given: dict[str, Any] = {
        "risk": bindparam("risk"),
        "latest_reading_at": bindparam("reading_at"),
    }
    if entered_at is not None:
        given["latest_entry_at"] = bindparam("entry_at")
    connection.execute(update(_PLAN).where(_PLAN.c.id == bindparam("plan")).values(given), rows)


def _readings(connection: Connection, plans: Sequence[Any]) -> Mapping[int, list[Reading]]:
    """Plan → readings, those from before a contact became the case included."""
    of_case = {plan.case_id: plan.id for plan in plans if plan.case_id is not None}
    of_contact = {plan.contact_id: plan.id for plan in plans if plan.contact_id is not None}
    subject = []
    if of_case:
        earlier = select(_CONTACT.c.id).where(_CONTACT.c.case_id.in_(tuple(of_case)))
        subject = [_SEEN.c.case_id.in_(tuple(of_case)), _SEEN.c.contact_id.in_(earlier)]
    if of_contact:
        subject.append(_SEEN.c.contact_id.in_(tuple(of_contact)))
    names = ("observed_on", "part_of_day", "temperature", "spo2", "symptoms", "emergency_symptoms")
    rows = connection.execute(
        select(
            _SEEN.c.case_id,
            _SEEN.c.contact_id,
            _CONTACT.c.case_id.label("became"),
            *(_SEEN.c[name] for name in names),
        )
        .outerjoin(_CONTACT, _CONTACT.c.id == _SEEN.c.contact_id)
        .where(or_(*subject), _SEEN.c.observed_on >= clock.today() - LOOK_BACK)
    )
    found: dict[int, list[Reading]] = defaultdict(list)
    for case_id, contact_id, became, *values in rows:
        owners = {of_case.get(case_id), of_case.get(became), of_contact.get(contact_id)}
        for owner in owners - {None}:
            if owner is not None:
                found[owner].append(Reading(*values))
    return found
