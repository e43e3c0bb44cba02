"""Which calls are due: one for each report of people who report by telephone, at their hour."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, case, exists, func, literal, or_, select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot, slot_at
from app.followup.plans import ObservationPlan
from app.messaging.rules import parse_hours
from app.security.actor import acting_as, system_actor
from app.voice.models import VoiceCall
from app.voice.rules import HOURS_AFTER, latest_begin, within

CALLS = system_actor("automatic calls")
_PLAN = ObservationPlan
STALE = timedelta(minutes=15)
"""No call takes so long: whoever has not been heard of since was lost by the provider."""


def hours() -> tuple[time, time]:
    """The hours within which people may be called."""
    return parse_hours(str(current_app.config["VOICE_HOURS"]))


def plan_calls() -> int:
    """Write down the calls that have become due; gives how many. At night nothing does.

    A report has one call (a constraint of the table), however often and by how many this runs.
    """
    now, allowed = clock.now(), hours()
    if not within(allowed, now):
        return 0
    made = 0
    with acting_as(CALLS), transaction() as session:
        for plan in session.scalars(select(_PLAN).where(*_due(now))).all():
            slot = slot_at(now, plan.times_per_day)
            until = latest_begin(slot, allowed)
            if now >= until:
                continue
            call = VoiceCall(
                plan_id=plan.id,
                case_id=plan.case_id,
                contact_id=plan.contact_id,
                institution_id=plan.centre_id,
                slot_on=slot.on,
                slot_part=slot.part,
                next_at=now,
                until_at=until,
            )
            try:
                with session.begin_nested():
                    session.add(call)
            except IntegrityError:
                continue  # Another worker wrote it down at this instant.
            made += 1
    return made


def _due(now: datetime) -> tuple[Any, ...]:
    """Plans whose hour has come, without a report and without a call for it."""
    local = clock.in_japan(now)
    twice, once = slot_at(now, 2), slot_at(now, 1)
    part = case((_PLAN.times_per_day > 1, literal(twice.part)), else_=literal(once.part))
    of_now = _PLAN.voice_morning_hour if twice.part == "morning" else _PLAN.voice_evening_hour
    either = func.coalesce(_PLAN.voice_morning_hour, _PLAN.voice_evening_hour)
    hour = case((_PLAN.times_per_day > 1, of_now), else_=either)
    called = exists().where(
        VoiceCall.plan_id == _PLAN.id,
        VoiceCall.slot_on == local.date(),
        VoiceCall.slot_part == part,
    )
    return (
        _PLAN.status == "active",
        _PLAN.starts_on <= local.date(),
        _PLAN.ends_on >= local.date(),
        hour.between(local.hour - HOURS_AFTER, local.hour),
        # A number that knows no birth date is asked about by a person first.
        or_(_PLAN.call_wanted.is_(None), _PLAN.call_wanted != "wrong_birth_date"),
        ~called,
        ~_heard_of(local.date(), part),
    )


def _heard_of(day: Any, part: Any) -> Any:
    seen = HealthObservation
    mine = or_(
        and_(_PLAN.case_id.is_not(None), seen.case_id == _PLAN.case_id),
        and_(_PLAN.contact_id.is_not(None), seen.contact_id == _PLAN.contact_id),
    )
    return exists().where(mine, seen.observed_on == day, seen.part_of_day.in_((part, "once")))


def is_reported(plan: ObservationPlan, slot: Slot) -> bool:
    """True when somebody has reported already, whichever way."""
    told = select(_PLAN.id).where(_PLAN.id == plan.id, _heard_of(slot.on, literal(slot.part)))
    return db.session.scalar(told) is not None


def is_something_due() -> bool:
    """True when a call waits that may be made now (asked by every sweep)."""
    now = clock.now()
    waiting = select(VoiceCall.id).where(VoiceCall.state == "waiting", VoiceCall.next_at <= now)
    with acting_as(CALLS):
        return db.session.scalar(waiting.limit(1)) is not None


def lost_calls() -> list[int]:
    """Calls under way of which the provider has said nothing for too long."""
    lost = select(VoiceCall.id).where(
        VoiceCall.state == "calling", VoiceCall.started_at < clock.now() - STALE
    )
    with acting_as(CALLS):
        return list(db.session.scalars(lost))
