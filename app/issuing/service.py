"""A workbook from upload to accounts: kept, judged, applied; safe to apply twice."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.service import create_account
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.institutions.service import register_institution
from app.issuing.judging import Judge, Verdict, judge_for
from app.issuing.models import IssuingBatch
from app.issuing.workbook import SheetRow
from app.jobs.models import JobRun
from app.jobs.service import enqueue
from app.security.actor import Actor, system_actor
from app.security.rights import require

KIND = "issue accounts"
AT_ONCE = 20
"""Rows issued while the page waits; more are work for a job."""
KEPT = timedelta(days=7)
_REGISTERING = system_actor("bulk issuing")
Progress = Callable[[int, int], None]


def keep_batch(rows: Sequence[SheetRow], *, source: str, by: Actor) -> IssuingBatch:
    """Keep the rows of a workbook with what would become of each. Issues nothing.

    Raises:
        NotAllowed: the role may not issue in bulk.
    """
    require(by, "import", "account")
    judge = judge_for(by, rows)
    with transaction() as session:
        batch = IssuingBatch(
            user_id=by.user_id,
            institution_id=judge.own.id,
            source=source[:200],
            rows=[asdict(row) for row in rows],
            outcomes=[outcome_of(judge.judge(row)) for row in rows],
            created_at=clock.now(),
        )
        session.add(batch)
        session.flush()
    return batch


def batch_by_id(batch_id: int) -> IssuingBatch:
    """The workbook. Raises NotVisible when it does not exist for the actor."""
    statement = select(IssuingBatch).where(IssuingBatch.id == batch_id)
    found = db.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotVisible
    return found


def apply_or_enqueue(batch: IssuingBatch, *, by: Actor) -> JobRun | None:
    """Issue a small workbook at once; a large one in the background, whose job is returned.

    Raises:
        InvalidState: it was applied already.
        NotAllowed: the role may not issue in bulk.
    """
    require(by, "import", "account")
    if batch.applied_at is not None:
        raise InvalidState(_l("This workbook was applied already."))
    if len(batch.rows) <= AT_ONCE:
        apply_batch(batch, by=by)
        return None
    with transaction():
        job = enqueue(KIND, {"batch": batch.id}, by=by, title=_("Issuing of accounts"))
        batch.job_id = job.id
    return job


def apply_batch(
    batch: IssuingBatch, *, by: Actor, progress: Progress | None = None
) -> dict[str, int]:
    """Issue what can be issued, each row by itself; how many rows came to which outcome.

    Repeated after an interruption it finds the rows already issued and goes on.
    """
    require(by, "import", "account")
    rows = [_row_of(kept) for kept in batch.rows]
    judge = judge_for(by, rows)
    outcomes = []
    for done, row in enumerate(rows, start=1):
        outcomes.append(outcome_of(_issue(judge, judge.judge(row), by)))
        if progress is not None:
            progress(done, len(rows))
    with transaction():
        batch.outcomes = outcomes
        batch.applied_at = clock.now()
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome["outcome"]] = counts.get(outcome["outcome"], 0) + 1
    return counts


def purge_batches() -> int:
    """Delete workbooks older than ``KEPT``; how many."""
    with transaction() as session:
        old = select(IssuingBatch).where(IssuingBatch.created_at < clock.now() - KEPT)
        batches = session.scalars(old).all()
        for batch in batches:
            session.delete(batch)
        return len(batches)


def outcome_of(verdict: Verdict) -> dict[str, Any]:
    """What is kept of a verdict, in the language of its reader."""
    return {
        "number": verdict.row.number,
        "outcome": verdict.outcome,
        "place": verdict.place,
        "name": verdict.row.texts.get("name", ""),
        "role": verdict.role.value if verdict.role else "",
        "username": verdict.username or verdict.row.texts.get("username", ""),
        "user_id": verdict.user_id,
        "registers": verdict.new_institution is not None,
        "cell": verdict.cell,
        "problem": str(verdict.problem),
    }


def _issue(judge: Judge, verdict: Verdict, by: Actor) -> Verdict:
    if verdict.outcome != "new":
        return verdict
    try:
        with transaction():
            return _write(judge, verdict, by)
    except InvalidInput as error:
        key, sentences = next(iter(error.problems.items()))
        return _rejected(verdict, key, sentences[0])
    except DomainError as error:
        return _rejected(verdict, error.field or "name", error.message)


def _write(judge: Judge, verdict: Verdict, by: Actor) -> Verdict:
    institution, new = verdict.institution, verdict.new_institution
    if institution is None and new is not None:
        institution = judge.institutions.get(new.code)
        if institution is None:
            # The right to register is the delegation judged above; the history names the actor.
            institution = register_institution(
                by=_REGISTERING, kind=new.kind, code=new.code, name=new.name, parent=judge.own
            )
            judge.institutions[new.code] = institution
    if verdict.role is None or institution is None:
        return replace(verdict, outcome="issued")
    texts = verdict.row.texts
    account = create_account(
        institution=institution,
        role=verdict.role,
        name=texts["name"],
        kana=texts.get("kana"),
        mail=texts.get("mail"),
        username=texts.get("username") or None,
        by=by,
    )
    return replace(
        verdict, outcome="issued", user_id=account.user_id, username=account.user.username
    )


def _rejected(verdict: Verdict, key: str, sentence: object) -> Verdict:
    return replace(verdict, outcome="rejected", cell=verdict.row.cell(key), problem=sentence)


def _row_of(kept: dict[str, Any]) -> SheetRow:
    problem = kept.get("problem")
    return SheetRow(
        kept["number"], kept["texts"], kept["letters"], tuple(problem) if problem else None
    )
