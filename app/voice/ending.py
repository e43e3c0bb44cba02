"""How a call ends: what was answered becomes the report, and an unanswered one is tried again."""

from flask import current_app
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput, InvalidState
from app.followup.plan_rules import Slot
from app.followup.risks import want_call
from app.followup.rules import Level
from app.followup.service import report
from app.security.actor import Actor
from app.voice.models import VoiceCall
from app.voice.rules import next_try, report_of

NEVER_AGAIN = frozenset({"no_number", "no_birth_date", "bad_number", "refused", "too_late"})
"""Problems that another try would meet as well."""


def file_report(session: Session, call: VoiceCall, *, by: Actor) -> bool:
    """Store what was answered so far, once; False when there is nothing, or nothing is asked for
    any more."""
    values = report_of(call.answers)
    if call.reported_at is not None:
        return True
    if not values:
        return False
    try:
        report(
            by=by,
            subject=call.plan.subject,
            slot=Slot(call.slot_on, call.slot_part),
            values={**values, "confirmed_by": "automatic_call"},
            source="voice",
            entered_by="patient",
        )
    except (InvalidInput, InvalidState):
        call.problem = "observation_over"
        return False
    call.reported_at = clock.now()
    session.refresh(call.plan)
    return True


def is_red(call: VoiceCall) -> bool:
    """True when what stands now calls for somebody at once."""
    return call.plan.risk >= Level.RED


def close(call: VoiceCall, state: str, problem: str | None = None) -> None:
    """No further try."""
    call.state, call.ended_at = state, clock.now()
    call.problem = problem or call.problem


def to_a_person(session: Session, call: VoiceCall, why: str, state: str, *, by: Actor) -> None:
    """End the call and put the person on the board of those who call."""
    file_report(session, call, by=by)
    close(call, state, "not_understood" if why == "not_understood" else None)
    session.flush()
    want_call(session.connection(), call.plan_id, why)


def broken_off(session: Session, call: VoiceCall, problem: str, *, by: Actor) -> None:
    """The line is gone: keep what was answered, else call again after a while."""
    if file_report(session, call, by=by):
        close(call, "partial", "hung_up")
        return
    again = None
    if problem not in NEVER_AGAIN and call.attempts < int(current_app.config["VOICE_TRIES"]):
        minutes = int(current_app.config["VOICE_RETRY_MINUTES"])
        again = next_try(clock.now(), minutes, call.until_at)
    if again is None:
        close(call, "failed" if problem in NEVER_AGAIN else "unanswered", problem)
        return
    call.state, call.problem, call.next_at = "waiting", problem, again
