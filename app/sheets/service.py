"""A workbook from upload to notifications: kept, checked, submitted; safe to send twice."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.audit.causes import reason
from app.audit.history import because
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, InvalidState, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.core.workbooks.reading import KeyedSheet, SheetRow
from app.institutions.diseases import Disease
from app.jobs.models import OPEN_STATES, JobRun
from app.jobs.service import enqueue
from app.notifications import service as notifications
from app.notifications.checking import Unconfirmed
from app.notifications.choosing import disease_of_form
from app.notifications.layout import COVID_19
from app.security.actor import Actor
from app.security.rights import require
from app.sheets.judging import Judge, Outcome, judge_for
from app.sheets.layout import RESULT, sheet_form
from app.sheets.models import NotificationBook, SubmittedRow

CHECKING = "check notification workbook"
SUBMITTING = "submit notification workbook"
CHECKED_AT_ONCE = 50
SUBMITTED_AT_ONCE = 20
"""Rows dealt with while the page waits; more are work for a job."""
KEPT = timedelta(days=31)
"""How long rows and outcomes are kept; the list of workbooks stays."""
BY_WORKBOOK = reason("notification_workbook", Label("ワークブックの取込", "Taken from a workbook"))
OPEN = frozenset({"ready", "question"})
Progress = Callable[[int, int], None]


def keep_book(sheet: KeyedSheet, *, source: str, by: Actor) -> NotificationBook:
    """Keep the rows of a workbook and check them, at once or in the background. Submits nothing.

    Raises:
        NotAllowed: the role does not notify.
        InvalidInput: there is no form of the disease the workbook says it is for.
    """
    require(by, "add", "notification")
    disease = _disease_of(sheet)
    with transaction() as session:
        book = NotificationBook(
            institution_id=by.institution_id,
            disease_id=disease.id,
            user_id=by.user_id,
            user_name=by.name,
            source=source[:200],
            copy=sheet.copy,
            uploaded_at=clock.now(),
            row_count=len(sheet.rows),
            rows=[{"row": row.number, "texts": dict(row.texts)} for row in sheet.rows],
        )
        session.add(book)
        session.flush()
        if len(sheet.rows) > CHECKED_AT_ONCE:
            title = _("Checking a workbook of notifications")
            book.job_id = enqueue(CHECKING, {"book": book.id}, by=by, title=title).id
    if book.job_id is None:
        check_book(book, by=by)
    return book


def check_book(book: NotificationBook, *, by: Actor, progress: Progress | None = None) -> None:
    """Judge every row as the database stands now; nothing is submitted."""
    require(by, "add", "notification")
    rows = rows_of(book)
    judge = judge_for(by, sheet_form(book.disease, by=by), book.copy, rows)
    outcomes = []
    for done, row in enumerate(rows, start=1):
        outcomes.append(judge.judge(row))
        if progress is not None:
            progress(done, len(rows))
    with transaction():
        _keep(book, outcomes)


def submit_or_enqueue(
    book: NotificationBook, confirmed: Collection[int], *, by: Actor
) -> JobRun | None:
    """Submit the rows that may be, and of those with questions the ``confirmed`` ones.

    Raises:
        InvalidState: the workbook is being worked on, or its rows are no longer kept.
    """
    require(by, "add", "notification")
    if is_busy(book):
        raise InvalidState(_l("This workbook is being worked on. Please wait."))
    chosen = rows_to_submit(book, confirmed)
    if len(chosen) <= SUBMITTED_AT_ONCE:
        submit_rows(book, confirmed, by=by)
        return None
    with transaction():
        title = _("Submitting the rows of a workbook")
        values = {"book": book.id, "confirmed": sorted(confirmed)}
        job = enqueue(SUBMITTING, values, by=by, title=title)
        book.job_id = job.id
    return job


def submit_rows(
    book: NotificationBook,
    confirmed: Collection[int],
    *,
    by: Actor,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Submit row by row, each in a transaction of its own; rows by outcome.

    Repeated after an interruption it finds the rows already submitted and goes on.
    """
    require(by, "add", "notification")
    chosen, rows = rows_to_submit(book, confirmed), rows_of(book)
    judge = judge_for(by, sheet_form(book.disease, by=by), book.copy, rows)
    outcomes = {one["row"]: one for one in book.outcomes or ()}
    for done, row in enumerate(rows, start=1):
        if row.number in chosen:
            before = outcomes[row.number]
            outcomes[row.number] = _submitted(judge, row, before, book.id, by)
        if progress is not None:
            progress(done, len(rows))
    with transaction():
        _keep(book, list(outcomes.values()))
        book.applied_at = clock.now()
    return dict(book.counts or {})


def rows_to_submit(book: NotificationBook, confirmed: Collection[int]) -> frozenset[int]:
    """The rows that are ready, and those whose questions were answered here or in the sheet."""
    return frozenset(
        one["row"]
        for one in book.outcomes or ()
        if one["outcome"] == "ready"
        or (one["outcome"] == "question" and (one["confirmed"] or one["row"] in confirmed))
    )


def is_busy(book: NotificationBook) -> bool:
    """True while a job works on it."""
    if book.job_id is None:
        return False
    state = db.session.scalar(select(JobRun.state).where(JobRun.id == book.job_id))
    return state in OPEN_STATES


def book_by_id(book_id: int) -> NotificationBook:
    """The workbook. Raises NotVisible when it does not exist for the actor."""
    statement = select(NotificationBook).where(NotificationBook.id == book_id)
    found = db.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotVisible
    return found


def rows_of(book: NotificationBook) -> list[SheetRow]:
    """The rows as they were sent. Raises InvalidState once they are no longer kept."""
    if book.rows is None:
        raise InvalidState(_l("The rows of this workbook are no longer kept."))
    return [SheetRow(one["row"], one["texts"]) for one in book.rows]


def forget_rows() -> int:
    """Empty the workbooks older than ``KEPT``; how many."""
    with transaction() as session:
        old = select(NotificationBook).where(
            NotificationBook.uploaded_at < clock.now() - KEPT, NotificationBook.rows.is_not(None)
        )
        books = session.scalars(old).all()
        for book in books:
            # The name of the file may be a patient's.
            book.rows, book.outcomes, book.source = None, None, "－"
        return len(books)


def _disease_of(sheet: KeyedSheet) -> Disease:
    """What the workbook says it is for; those of before other diseases were are of COVID-19."""
    word = sheet.subject or COVID_19
    try:
        return disease_of_form(word)
    except NotVisible:
        sentence = _(
            "This workbook says it is for the disease “%(word)s”, which has no form for each case. "
            "Download a new workbook here.",
            word=word,
        )
        raise InvalidInput({"file": [sentence]}) from None


def _submitted(judge: Judge, row: SheetRow, before: Outcome, book_id: int, by: Actor) -> Outcome:
    """Submit one row under the questions that were shown for it."""
    shown = [asked["code"] for asked in before["asked"]]
    now = judge.judge(row)
    if now["outcome"] not in OPEN or any(a["code"] not in shown for a in now["asked"]):
        # An interrupted job finds what it has done itself.
        mine = any(o.book_id == book_id for o in judge.known.get(now["key"], ()))
        return now | ({"outcome": "submitted"} if mine and now["outcome"] == "existing" else {})
    try:
        with because(BY_WORKBOOK(str(row.number))), transaction() as session:
            sent = notifications.submit(
                judge.values_of(row), by=by, confirmed=shown, entry_way="workbook"
            )
            session.add(
                SubmittedRow(
                    institution_id=by.institution_id,
                    row_key=now["key"],
                    turn=_turns(now["key"], by) + 1,
                    notification_id=sent.id,
                    book_id=book_id,
                )
            )
            session.flush()
            told: dict[str, Any] = {"notification": sent.id}
            told["person"] = sent.case.person_id if sent.case is not None else None
    except IntegrityError:
        return now | {"outcome": "existing", "asked": []}
    except Unconfirmed as questions:
        asked = [judge.asked(row, rule) for rule in questions.rules]
        return now | {"outcome": "question", "asked": asked}
    except InvalidInput as error:
        problems = {name: [str(s) for s in told] for name, told in error.problems.items()}
        return now | {"outcome": "refused", "problems": problems}
    except DomainError as error:
        return now | {"outcome": "refused", "problems": {RESULT: [str(error.message)]}}
    return now | told | {"outcome": "submitted", "asked": []}


def _turns(key: str, by: Actor) -> int:
    count = select(func.count(SubmittedRow.id)).where(
        SubmittedRow.institution_id == by.institution_id, SubmittedRow.row_key == key
    )
    return int(db.session.scalar(count) or 0)


def _keep(book: NotificationBook, outcomes: list[Outcome]) -> None:
    book.outcomes = outcomes
    book.counts = dict(Counter(one["outcome"] for one in outcomes))
