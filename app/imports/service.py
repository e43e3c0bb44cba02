"""What people do with a file: take it in, decide its conflicts, apply it, take it back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.imports import store
from app.imports.applying import Progress, apply_rows, pending_count
from app.imports.checking import check_totals
from app.imports.codes import CHOICES
from app.imports.models import ImportBatch, StagedRow
from app.imports.nesid import NESID
from app.imports.staging import stage
from app.imports.undoing import undo_rows
from app.jobs.models import OPEN_STATES, JobRun
from app.jobs.service import enqueue
from app.security.actor import Actor
from app.security.rights import require
from app.tables.reading import UnreadableTable, open_table

READ, APPLY, UNDO = "read import", "apply import", "undo import"
MOST_BYTES = 63 * 1024 * 1024
"""From a browser; the command takes any size."""
KEPT = timedelta(days=92)
"""How long files, and rows that became no case, are kept; the list of batches stays."""
_ROW = StagedRow.__table__


def take_in(
    content: IO[bytes],
    *,
    name: str,
    by: Actor,
    previous: ImportBatch | None = None,
    source: str = NESID,
    origin: str = NESID,
    manner: dict[str, Any] | None = None,
    in_background: bool = True,
) -> ImportBatch:
    """Keep a file under seal and have it read. Nothing is written into cases.

    Args:
        previous: the batch of which this is the corrected file; it is read as that one was.
        origin: within which the numbers of its rows are unique.
        manner: how the sender writes, as the screen of tables was told.

    Raises:
        NotAllowed: the role takes in no files.
        InvalidInput: nothing in it, or too much.
    """
    require(by, "add", "import_batch")
    if previous is not None:
        source, origin, manner = previous.source, previous.origin, previous.manner
    size = _size(content, MOST_BYTES if in_background else None)
    token = store.keep(content)
    try:
        if in_background:
            _refuse_unreadable(token, name, manner or {})
        with transaction() as session:
            batch = ImportBatch(
                source=source,
                origin=origin,
                manner=manner,
                institution_id=by.institution_id,
                user_id=by.user_id,
                user_name=by.name,
                previous_id=None if previous is None else previous.id,
                file_name=name[:200],
                token=token,
                size=size,
                state="reading",
                counts={},
                faults={},
                done={},
                uploaded_at=clock.now(),
            )
            session.add(batch)
            session.flush()
            if in_background:
                batch.job_id = _enqueued(READ, batch, by, _("Reading of an imported file"))
    except BaseException:
        store.remove(token)
        raise
    return batch


def read(batch_id: int, *, by: Actor, progress: Progress) -> None:
    """Read and check the file: the work of the job, or of the command."""
    require(by, "add", "import_batch")
    stage(batch_id, by=by, progress=progress)


def choose(row: StagedRow, choice: str, *, by: Actor) -> None:
    """Decide a conflict: keep ``ours`` or take the ``file``'s. Raises InvalidState when too late."""
    require(by, "edit", "import_batch")
    if choice not in CHOICES:
        raise InvalidInput({"choice": [_l("Choose one of the list.")]})
    if row.plan != "conflict" or row.applied_at is not None or is_busy(row.batch):
        raise InvalidState(_l("This row can no longer be decided."))
    with transaction():
        row.choice = choice


def choose_all(batch: ImportBatch, choice: str, *, by: Actor) -> None:
    """Decide every conflict of the batch that nobody has decided yet."""
    require(by, "edit", "import_batch")
    _require_idle(batch)
    if choice not in CHOICES:
        raise InvalidInput({"choice": [_l("Choose one of the list.")]})
    open_ones = (
        _ROW.c.batch_id == batch.id,
        _ROW.c.plan == "conflict",
        _ROW.c.choice.is_(None),
        _ROW.c.applied_at.is_(None),
    )
    with transaction() as session:
        session.connection().execute(update(_ROW).where(*open_ones).values(choice=choice))


def ask_to_apply(batch: ImportBatch, *, by: Actor) -> JobRun:
    """Have the planned rows written in the background. Raises InvalidState."""
    _begin(batch, "apply", by)
    return _asked(APPLY, batch, "applying", by, _("Applying an imported file"))


def ask_to_undo(batch: ImportBatch, *, by: Actor) -> JobRun:
    """Have everything the batch wrote taken back in the background. Raises InvalidState."""
    _begin(batch, "undo", by)
    return _asked(UNDO, batch, "undoing", by, _("Undoing an import"))


def apply_batch(batch_id: int, *, by: Actor, progress: Progress) -> bool:
    """Write the planned rows, then count again; True when the totals add up."""
    require(by, "apply", "import_batch")
    _settle(batch_id, "applying")
    apply_rows(batch_id, by=by, progress=progress)
    sound = check_totals(batch_id)
    _settle(batch_id, "applied", applied_at=clock.now())
    return sound


def undo_batch(batch_id: int, *, by: Actor, progress: Progress) -> Mapping[str, int]:
    """Take back what the batch wrote; rows by what became of them."""
    require(by, "undo", "import_batch")
    _settle(batch_id, "undoing")
    undo_rows(batch_id, by=by, progress=progress)
    batch = _settle(batch_id, "undone", undone_at=clock.now())
    return {name: batch.done.get(name, 0) for name in ("undone", "edited")}


def batch_by_id(key: int) -> ImportBatch:
    """The batch. Raises NotVisible when it does not exist for the actor."""
    statement = select(ImportBatch).where(ImportBatch.id == key)
    found = db.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotVisible
    return found


def is_busy(batch: ImportBatch) -> bool:
    """True while a job works on it."""
    return open_job(batch) is not None


def open_job(batch: ImportBatch) -> JobRun | None:
    """The job that works on the batch, if one does: its own job or, after it died, none."""
    if batch.job_id is None:
        return None
    statement = select(JobRun).where(JobRun.id == batch.job_id, JobRun.state.in_(OPEN_STATES))
    return db.session.scalars(statement, execution_options={"populate_existing": True}).first()


def forget_files() -> int:
    """Remove old files and the contents of rows that became no case; how many batches."""
    with transaction() as session:
        old = select(ImportBatch).where(
            ImportBatch.uploaded_at < clock.now() - KEPT, ImportBatch.token.is_not(None)
        )
        batches = session.scalars(old).all()
        for batch in batches:
            store.remove(batch.token or "")
            batch.token, batch.file_name = None, "－"
            emptied = {"raw": None, "said": None, "faults": None, "changes": None}
            nobodys = (_ROW.c.batch_id == batch.id, _ROW.c.case_id.is_(None))
            session.connection().execute(update(_ROW).where(*nobodys).values(emptied))
        return len(batches)


def _begin(batch: ImportBatch, action: str, by: Actor) -> None:
    require(by, action, "import_batch")
    _require_idle(batch)
    if batch.institution_id != by.institution_id:
        raise NotAllowed
    if action == "apply" and not pending_count(batch.id):
        raise InvalidState(_l("There is nothing left to apply."))
    if action == "undo" and batch.state not in ("applied", "undoing", "undone"):
        raise InvalidState(_l("Nothing of this file has been applied."))


def _require_idle(batch: ImportBatch) -> None:
    if is_busy(batch):
        raise InvalidState(_l("This file is being worked on. Please wait."))
    if batch.state in ("failed", "reading"):
        raise InvalidState(_l("This file was not read to its end."))


def _asked(kind: str, batch: ImportBatch, state: str, by: Actor, title: str) -> JobRun:
    with transaction():
        job_id = _enqueued(kind, batch, by, title)
        batch.state, batch.job_id = state, job_id
    return db.session.get_one(JobRun, job_id)


def _enqueued(kind: str, batch: ImportBatch, by: Actor, title: str) -> int:
    return enqueue(kind, {"batch": batch.id}, by=by, title=f"{title} #{batch.id}").id


def _settle(batch_id: int, state: str, **values: Any) -> ImportBatch:
    with transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.state = state
        for name, value in values.items():
            setattr(batch, name, value)
    return batch


def _refuse_unreadable(token: str, name: str, manner: Mapping[str, Any]) -> None:
    """Say at once what would be said after the job; the rows are read later."""
    try:
        with store.opened(token) as path:
            open_table(path, name, sheet=manner.get("sheet"))
    except UnreadableTable as refused:
        raise InvalidInput({"file": [refused.message]}) from None


def _size(content: IO[bytes], most: int | None) -> int:
    content.seek(0, 2)
    size = content.tell()
    content.seek(0)
    if not size:
        raise InvalidInput({"file": [_l("The file is empty.")]})
    if most is not None and size > most:
        limit = most // 1024 // 1024
        raise InvalidInput(
            {"file": [_l("The file is too large: at most %(limit)s MB.", limit=limit)]}
        )
    return size
