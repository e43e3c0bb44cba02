"""The conversation: what is said after each webhook of the provider, and what was heard.

Each webhook names the call by the token of this try and, once it is known, by the provider's own
key. Nothing about health is said before the birth date was right; a webhook delivered twice
repeats the question.
"""

from collections.abc import Callable

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.exc import StaleDataError

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from app.voice import words
from app.voice.document import Reply
from app.voice.ending import broken_off, close, file_report, is_red, to_a_person
from app.voice.models import VoiceCall
from app.voice.rules import (
    KEYS,
    MOST_MISHEARD,
    MOST_WRONG_DATES,
    PERSON,
    heard,
    is_birthday,
    next_step,
)

CALL = system_actor("automatic call")
TRIES = 3
OUTCOMES = {
    "completed": "hung_up",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "bad_number",
}
"""CallStatus of the provider → what came of the try."""
_CALL = VoiceCall.__table__
_Answer = Callable[[Session, VoiceCall], Reply]


def begin(token: str, key: str, *, machine: bool) -> Reply | None:
    """Somebody, or an answering machine, has answered. None: there is no such call."""

    def said(session: Session, call: VoiceCall) -> Reply:
        if machine and call.state == "calling":
            broken_off(session, call, "machine", by=CALL)
        if call.state != "calling":
            return Reply(call.language)
        return _question(call, *((words.GREETING,) if call.turn == 0 else ()))

    return _spoken(token, key, said)


def hear(token: str, key: str, turn: int, digits: str) -> Reply | None:
    """Keys were pressed (or none). None: there is no such call."""

    def said(session: Session, call: VoiceCall) -> Reply:
        if call.state != "calling":
            return _goodbye(call, words.GOODBYE)
        if turn != call.turn:
            return _question(call)
        call.turn += 1
        if digits == PERSON:
            to_a_person(session, call, "asked", "person", by=CALL)
            return _goodbye(call, words.PERSON_CALLS)
        return (
            _identified(session, call, digits)
            if call.step == "birth"
            else _answered(session, call, digits)
        )

    return _spoken(token, key, said)


def ended(token: str, key: str, status: str) -> bool:
    """The provider says how the call ended. False: there is no such call, or it goes on."""
    problem = OUTCOMES.get(status)

    def done(session: Session, call: VoiceCall) -> Reply:
        if call.state == "calling" and problem is not None:
            broken_off(session, call, problem, by=CALL)
        return Reply(call.language)

    return problem is not None and _spoken(token, key, done) is not None


def _spoken(token: str, key: str, answer: _Answer) -> Reply | None:
    """``answer`` of the call behind the token, once: two webhooks at a time wait for each other."""
    with acting_as(CALL):
        for _try in range(TRIES):
            try:
                with transaction() as session:
                    call = _taken(session, token, key)
                    if call is None:
                        return None
                    reply = answer(session, call)
                    session.flush()
                    return reply
            except StaleDataError:
                continue  # The dialling noted something about the call in this instant.
    return None


def _taken(session: Session, token: str, key: str) -> VoiceCall | None:
    """The call of that token, held for this webhook alone; None for that of another key.

    It writes before it reads: the second of two webhooks waits here, and on SQLite a
    transaction that read first could not write any more.
    """
    mine = (
        _CALL.c.token == token,
        or_(_CALL.c.provider_key.is_(None), _CALL.c.provider_key == key),
    )
    held = update(_CALL).where(*mine).values(provider_key=key)
    if not session.connection().execute(held).rowcount:
        return None
    found = select(VoiceCall).where(VoiceCall.token == token).options(joinedload(VoiceCall.plan))
    call: VoiceCall | None = session.scalar(found.execution_options(populate_existing=True))
    return call


def _identified(session: Session, call: VoiceCall, digits: str) -> Reply:
    person = call.plan.subject.person
    if len(digits) != KEYS["birth"]:
        return _misheard(session, call)
    if person is not None and person.birth_on and is_birthday(digits, person.birth_on):
        call.misheard, call.step = 0, "temperature"
        return _question(call)
    call.wrong_dates += 1
    if call.wrong_dates >= MOST_WRONG_DATES:
        to_a_person(session, call, "wrong_birth_date", "wrong_birth_date", by=CALL)
        return _goodbye(call, words.WRONG_DATE, words.GOODBYE)
    return _question(call, words.WRONG_DATE)


def _answered(session: Session, call: VoiceCall, digits: str) -> Reply:
    found = heard(call.step, digits)
    if found is None:
        return _misheard(session, call)
    step, call.misheard = call.step, 0
    call.answers = {**call.answers, step: found.value}
    if step == "emergency" and found.value:
        file_report(session, call, by=CALL)
        return _call_at_once(call)
    call.step = next_step(step, is_case=isinstance(call.plan.subject, Case))
    if call.step != "done":
        return _question(call)
    if not file_report(session, call, by=CALL):
        close(call, "not_needed")
        return _goodbye(call, words.GOODBYE)
    if is_red(call):
        return _call_at_once(call)
    close(call, "finished")
    return _goodbye(call, words.THANKS)


def _misheard(session: Session, call: VoiceCall) -> Reply:
    """Ask once more; after three times keep what there is, and let a person call somebody who
    proved who they are."""
    call.misheard += 1
    if call.misheard < MOST_MISHEARD:
        return _question(call, words.NOT_UNDERSTOOD)
    if call.step == "birth":
        broken_off(session, call, "not_understood", by=CALL)
        return _goodbye(call, words.GOODBYE)
    kept = file_report(session, call, by=CALL)
    state = "partial" if kept else "person"
    to_a_person(session, call, "not_understood", state, by=CALL)
    return _goodbye(call, *([words.KEPT] if kept else []), words.PERSON_CALLS)


def _call_at_once(call: VoiceCall) -> Reply:
    """The number of the health centre, twice, and nothing else any more."""
    close(call, "finished")
    centre = db.session.get(Institution, call.institution_id) if call.institution_id else None
    phone = words.digit_by_digit(centre.phone if centre is not None else None)
    line = (words.CALL_AT_ONCE, {"phone": phone})
    return Reply(call.language, (line, line))


def _question(call: VoiceCall, *before: str) -> Reply:
    said = _plain(*before, words.QUESTIONS[call.step])
    return Reply(call.language, said, KEYS[call.step], call.turn)


def _goodbye(call: VoiceCall, *lines: str) -> Reply:
    return Reply(call.language, _plain(*lines))


def _plain(*lines: str) -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple((line, {}) for line in lines)
