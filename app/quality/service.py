"""What is done about a finding, and the questions of those who check without identity."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.signing import name_of
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.quality import fixing
from app.quality.checking import mark, require_reason
from app.quality.models import QualityFinding, QualityMessage, QualityQuestion
from app.quality.rules import Found
from app.quality.scope import ASKED_ROLES
from app.quality.upkeep import judge_now
from app.security.actor import Actor
from app.security.rights import require

ASKED_KINDS = ("health_centre", "clinic", "hospital")


def mend(finding: QualityFinding, form: object, records: fixing.Records, *, by: Actor) -> bool:
    """Correct the items of a finding and look at the record again; True when it is gone.

    Raises:
        NotAllowed, Conflict, InvalidInput: see :func:`fixing.mend`.
    """
    with transaction():
        fixing.mend(finding, form, records, by=by)
        found = _judged(finding)
    return all(one.rule.code != finding.rule for one in found)


def check(finding: QualityFinding, reason: str, note: str | None, *, by: Actor) -> None:
    """Say that the values are right as they are; other values open the finding again.

    Raises:
        NotAllowed: the role may not.
        InvalidInput: no reason of the list, or "other" without words.
        InvalidState: it is not open any more.
    """
    require(by, "check", "quality_finding")
    require_reason(reason, note)
    with transaction() as session:
        found = {one.rule.code: one for one in _judged(finding)}
        session.refresh(finding)
        if finding.state != "open" or finding.rule not in found:
            raise InvalidState(_l("Somebody else has dealt with this in the meantime."))
        mark(finding, found[finding.rule], reason, note, by)


def ask(
    case: Case, text: str, *, asked_id: int | None = None, rule: str | None = None, by: Actor
) -> QualityQuestion:
    """Ask about a case: its responsible health centre, or the institution that reported it.

    Raises:
        NotAllowed: the role may not.
        InvalidInput: no text, or nobody who could be asked.
    """
    require(by, "add", "quality_question")
    asked = db.session.get(Institution, asked_id or case.responsible_centre_id or 0)
    if asked is None or asked.id not in askable(case) or asked.kind not in ASKED_KINDS:
        raise InvalidInput({"asked": [_l("This institution cannot be asked about the case.")]})
    assert by.institution_id is not None
    with transaction() as session:
        question = QualityQuestion(
            case_id=case.id,
            case_number=str(case),
            rule=rule,
            asker_id=by.institution_id,
            asked_id=asked.id,
        )
        session.add(question)
        session.flush()
        _say(question, "question", text, by=by)
    return question


def askable(case: Case) -> tuple[int, ...]:
    """Keys of the institutions that can know: the responsible centre, the reporting one."""
    keys = (case.responsible_centre_id, case.reporting_institution_id)
    return tuple(key for key in keys if key is not None)


def answer(question: QualityQuestion, text: str, *, by: Actor) -> None:
    """Answer, or ask further: whoever writes, the other party has it to do.

    Raises:
        NotAllowed, NotVisible: not the reader's question.
        InvalidState: the question is closed.
    """
    require(by, "answer", "quality_question")
    _require_open(question)
    asked = by.role in ASKED_ROLES and question.asked_id == by.institution_id
    with transaction():
        question.state = "answered" if asked else "open"
        question.last_at = clock.now()
        _say(question, "answer" if asked else "question", text, by=by)


def close(question: QualityQuestion, *, by: Actor) -> None:
    """End the thread; the asking side alone.

    Raises:
        NotAllowed, NotVisible: not the one who asked.
        InvalidState: it is closed already.
    """
    require(by, "close", "quality_question")
    if question.asker_id != by.institution_id:
        raise NotVisible(_l("There is no such record."))
    _require_open(question)
    with transaction():
        question.state, question.last_at = "closed", clock.now()
        _say(question, "closing", "", by=by)


def _require_open(question: QualityQuestion) -> None:
    if question.state == "closed":
        raise InvalidState(_l("This question has been closed."))


def _say(question: QualityQuestion, kind: str, text: str, *, by: Actor) -> None:
    assert by.institution_id is not None
    if kind != "closing" and not text.strip():
        raise InvalidInput({"text": [_l("Please write something.")]})
    message = QualityMessage(
        question_id=question.id,
        kind=kind,
        institution_id=by.institution_id,
        user_name=name_of(by)[:80],
        text=text.strip(),
    )
    db.session.add(message)
    db.session.flush()


def _judged(finding: QualityFinding) -> tuple[Found, ...]:
    """The record looked at now, in this transaction."""
    return judge_now(db.session(), case_id=finding.case_id, contact_id=finding.contact_id)


def names_of(keys: tuple[int, ...]) -> dict[int, str]:
    """Institution → name."""
    found = db.session.execute(
        select(Institution.id, Institution.name).where(Institution.id.in_(keys))
    )
    return {row.id: row.name for row in found}
