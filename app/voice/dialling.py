"""Making the calls that are due: each is claimed, asked of the provider once, and noted.

A call that is "calling" is never asked for again until the provider said how it ended, or has
said nothing for a quarter of an hour.
"""

import secrets
from collections.abc import Callable

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.plan_rules import Slot
from app.security.actor import acting_as
from app.voice.ending import broken_off, close
from app.voice.gateway import NotPlaced, Outcome, Placed, can_call, place_call
from app.voice.models import VoiceCall
from app.voice.planning import CALLS, hours, is_reported, lost_calls
from app.voice.queries import language_of, lines_in_use
from app.voice.rules import dialled, next_try, within

Progress = Callable[[int], None]
AWAY_MINUTES = 2
_CALL = VoiceCall.__table__


def dial_due(progress: Progress | None = None) -> dict[str, int]:
    """Make every call that is due as long as a line is free; outcome → how many.

    A provider that is away is left alone until the next run, and no try is counted.
    """
    done: dict[str, int] = {}
    lines = int(current_app.config["VOICE_LINES"])
    with acting_as(CALLS):
        while can_call() and within(hours(), clock.now()) and lines_in_use() < lines:
            call = _claim()
            if call is None:
                break
            outcome = _ask(call) if call.state == "calling" else None
            word = call.state if outcome is None else _settle(call, outcome)
            done[word] = done.get(word, 0) + 1
            if progress is not None:
                progress(sum(done.values()))
            if word == "away":
                break
    return done


def close_lost() -> int:
    """Close calls the provider forgot: what was answered stays, the others are tried again."""
    closed = 0
    with acting_as(CALLS):
        for key in lost_calls():
            try:
                with transaction() as session:
                    call = session.get(VoiceCall, key, populate_existing=True)
                    if call is not None and call.state == "calling":
                        broken_off(session, call, "no_answer", by=CALLS)
                        closed += 1
            except StaleDataError:
                continue  # Its webhook arrived in this instant.
    return closed


def _claim() -> VoiceCall | None:
    """The next call, now "calling" or ended because it is needed no more; None: none is due."""
    now = clock.now()
    while True:
        try:
            with transaction() as session:
                call = session.scalars(
                    select(VoiceCall)
                    .where(VoiceCall.state == "waiting", VoiceCall.next_at <= now)
                    .order_by(VoiceCall.next_at, VoiceCall.id)
                    .limit(1)
                    .execution_options(populate_existing=True)
                ).first()
                if call is not None:
                    _prepare(call)
                    session.flush()
                return call
        except StaleDataError:
            continue  # Another worker has it.


def _prepare(call: VoiceCall) -> None:
    plan, now = call.plan, clock.now()
    slot = Slot(call.slot_on, call.slot_part)
    if plan.status != "active" or plan.ends_on < clock.today():
        close(call, "not_needed", "observation_over")
    elif is_reported(plan, slot):
        close(call, "not_needed")
    elif now >= call.until_at:
        close(call, "unanswered", "too_late")
    else:
        _ready(call)


def _ready(call: VoiceCall) -> None:
    """A try of its own: a new token, the first question again."""
    subject = call.plan.subject
    person = subject.person
    number = (
        None
        if person is None
        else dialled(person.mobile_phone, person.home_phone, person.location_phone)
    )
    if number is None or person is None or person.birth_on is None:
        close(call, "failed", "no_number" if number is None else "no_birth_date")
        return
    call.state, call.number, call.language = "calling", number, language_of(subject)
    call.token, call.provider_key = secrets.token_urlsafe(24), None
    call.attempts += 1
    call.step, call.turn, call.misheard, call.answers = "birth", 0, 0, {}
    call.started_at = clock.now()


def _ask(call: VoiceCall) -> Outcome:
    site = current_app.config["PORTAL_URL"].rstrip("/")
    return place_call(
        to=call.number or "",
        answer_url=f"{site}/voice/{call.token}/begin",
        status_url=f"{site}/voice/{call.token}/status",
    )


def _settle(call: VoiceCall, outcome: Outcome) -> str:
    """Note what the provider answered; its webhooks may have come before."""
    if isinstance(outcome, Placed):
        _note_key(call, outcome.key)
        return "placed"
    if not isinstance(outcome, NotPlaced):
        return "uncertain"
    with transaction() as session:
        found = session.get(VoiceCall, call.id, populate_existing=True)
        if found is None or found.token != call.token or found.state != "calling":
            return "placed"
        if not outcome.away:
            broken_off(session, found, outcome.problem, by=CALLS)
            return "refused"
        found.attempts -= 1
        again = next_try(clock.now(), AWAY_MINUTES, found.until_at)
        if again is None:
            close(found, "failed", outcome.problem)
        else:
            found.state, found.problem, found.next_at = "waiting", outcome.problem, again
    return "away"


def _note_key(call: VoiceCall, key: str) -> None:
    """Beside the versions: a webhook of this instant must not find the row changed."""
    with transaction() as session:
        session.connection().execute(
            update(_CALL)
            .where(
                _CALL.c.id == call.id,
                _CALL.c.token == call.token,
                _CALL.c.provider_key.is_(None),
            )
            .values(provider_key=key)
        )
    db.session.expire(call)
