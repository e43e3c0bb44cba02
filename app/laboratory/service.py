"""Results entered row by row, files of them, and the end of a suspicion."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case, LabTest
from app.core import clock
from app.core.dates import parse_date_or_datetime
from app.core.db import db
from app.core.errors import InvalidState, NotVisible
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.transaction import transaction
from app.core.workbooks.reading import SheetRow
from app.laboratory import variants
from app.laboratory.models import ResultFile
from app.laboratory.rules import clearing_problem, key_of_number, result_of, result_problems
from app.laboratory.variants import VariantAnswer
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

KEPT = timedelta(days=31)
ENTERED = reason("laboratory_result", Label("検査機関による結果入力", "Entered by the laboratory"))
PUT_RIGHT = reason("laboratory_correction", Label("検査結果の訂正", "Result put right"))
CLEARED = reason("suspicion_cleared", Label("検査陰性による疑いの解消", "Suspicion cleared"))
_ALL_TESTS = system_actor("suspicion")


@dataclass(frozen=True, slots=True)
class Answer:
    """A result as typed: in words, with its day, for a test in the version that was shown."""

    test_id: int | None
    result: str
    resulted_on: str
    row_version: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an answer; ``problems`` are sentences by ``number``, ``result``,
    ``resulted_on``."""

    outcome: str
    problems: Mapping[str, str] = field(default_factory=dict)


def enter_result(answer: Answer, *, by: Actor, may_change: bool = True) -> Entered:
    """Save one result in a transaction of its own.

    Args:
        may_change: False refuses to overwrite another result entered before (files).

    Raises:
        NotAllowed: the role enters no results.
    """
    require(by, "edit", "lab_result")
    test = None if answer.test_id is None else _sent_here(answer.test_id, by)
    if test is None:
        return _refused("number", _("No test with this number was sent to your laboratory."))
    result, (day, unreadable) = result_of(answer.result), _day(answer.resulted_on)
    found = result_problems(result, day, test.collected_on, clock.today())
    problems = {name: str(sentence) for name, sentence in found.items()}
    if unreadable:
        problems["resulted_on"] = unreadable
    if problems:
        return Entered("refused", problems)
    if (test.result, test.resulted_on) == (result, day):
        return Entered("unchanged")
    before = test.result not in (None, "pending")
    if before and not may_change:
        told = _("Another result was entered before. Put it right in the list.")
        return _refused("result", told)
    return _saved(test, answer, result, day, because_of=PUT_RIGHT() if before else ENTERED())


def take_file(rows: Sequence[SheetRow], *, source: str, by: Actor) -> ResultFile:
    """Enter the results of a file, row by row; sending it again changes nothing.

    Raises:
        NotAllowed: the role enters no results.
    """
    require(by, "edit", "lab_result")
    kept: list[dict[str, Any]] = []
    seen: dict[int, int] = {}
    for row in rows:
        key = key_of_number(row.texts.get("number", ""))
        if key is not None and seen.setdefault(key, row.number) != row.number:
            told = _("The same test stands in row %(number)s already.", number=seen[key])
            done = _refused("number", told)
        else:
            done = _taken(key, row.texts, by)
        kept.append(
            {
                "row": row.number,
                "texts": dict(row.texts),
                "outcome": done.outcome,
                "problems": dict(done.problems),
            }
        )
    with transaction() as session:
        file = ResultFile(
            institution_id=by.institution_id,
            user_id=by.user_id,
            user_name=by.name,
            source=source[:200],
            uploaded_at=clock.now(),
            counts=dict(Counter(one["outcome"] for one in kept)),
            rows=kept,
        )
        session.add(file)
    return file


def _taken(key: int | None, texts: Mapping[str, str], by: Actor) -> Entered:
    """A row of a file: the result, the variant, or both; if one is wrong, neither is saved."""
    typed = {name: texts[name] for name in variants.ITEMS if texts.get(name, "").strip()}
    answer = Answer(key, texts.get("result", ""), texts.get("resulted_on", ""))
    if not typed:
        return enter_result(answer, by=by, may_change=False)
    alone = not (answer.result.strip() or answer.resulted_on.strip())
    result = None if alone else result_of(answer.result)
    of_variant = variants.checked(VariantAnswer(key, typed), by=by, result=result)
    problems = {**of_variant.problems, **_overwritten(of_variant, typed)}
    if problems:
        return Entered("refused", problems)
    done = Entered("unchanged") if alone else enter_result(answer, by=by, may_change=False)
    if done.outcome == "refused" or not of_variant.changes:
        return done
    failed = variants.save(of_variant)
    return Entered("refused", failed) if failed else Entered("saved")


def _overwritten(one: variants.Checked, typed: Mapping[str, str]) -> dict[str, str]:
    """A file fills in; what was entered otherwise is put right in the list."""
    told = _("Another result was entered before. Put it right in the list.")
    held, test = {name: getattr(one.test, name, None) for name in typed}, one.test
    wanted = dict(zip(variants.ITEMS, astuple(one.entry), strict=True))
    if test is None:
        return {}
    return {name: told for name, was in held.items() if was not in (None, wanted[name])}


def file_by_id(key: int) -> ResultFile:
    """The file. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(select(ResultFile).where(ResultFile.id == key)).first()
    if found is None:
        raise NotVisible
    return found


def forget_files() -> int:
    """Empty the files older than ``KEPT``; how many."""
    with transaction() as session:
        old = select(ResultFile).where(
            ResultFile.uploaded_at < clock.now() - KEPT, ResultFile.rows.is_not(None)
        )
        files = session.scalars(old).all()
        for file in files:
            # The name of the file may be a patient's.
            file.rows, file.source = None, "－"
        return len(files)


def clearing_obstacle(case: Case) -> Label | None:
    """Why the suspicion of the case cannot be declared over; None when it can."""
    with acting_as(_ALL_TESTS):
        statement = select(LabTest.result).where(
            LabTest.case_id == case.id, LabTest.purpose.is_distinct_from("clearance")
        )
        results = db.session.scalars(statement).all()
    facts = {
        "diagnosis_type": case.diagnosis_type,
        "is_over": case.status in ENDED_STATUSES,
    }
    return clearing_problem(facts, results)


def clear_suspicion(case: Case, *, by: Actor) -> None:
    """Declare the suspicion of a suspected case over, as of today; its status follows.

    Raises:
        NotAllowed: the role may not.
        InvalidState: a test is positive or open, or it is no suspected case.
    """
    require(by, "clear", "suspicion")
    obstacle = clearing_obstacle(case)
    if obstacle is not None:
        raise InvalidState(obstacle)
    with because(CLEARED()), transaction():
        case.suspicion_cleared_on = clock.today()


def _sent_here(key: int, by: Actor) -> LabTest | None:
    statement = select(LabTest).where(
        LabTest.id == key, LabTest.testing_laboratory_id == by.institution_id
    )
    return db.session.scalars(statement).first()


def _saved(
    test: LabTest, answer: Answer, result: str | None, day: date | None, *, because_of: str
) -> Entered:
    stale = _("Somebody else changed this test meanwhile. Look at it again.")
    if answer.row_version is not None and answer.row_version != test.row_version:
        return _refused("number", stale)
    try:
        with because(because_of), transaction() as session:
            test.result, test.resulted_on = result, day
            session.flush()
    except StaleDataError:
        return _refused("number", stale)
    return Entered("saved")


def _day(text: str) -> tuple[date | None, str]:
    """The day, and what is wrong with the text where it cannot be read."""
    if not text.strip():
        return None, ""
    try:
        return parse_date_or_datetime(text), ""
    except InputProblem as problem:
        return None, str(problem.sentence)


def _refused(name: str, sentence: str) -> Entered:
    return Entered("refused", {name: sentence})
