"""A file as it was taken in, every row of it, and what the portal remembers of imported cases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.imports.codes import PLANS, SOURCES
from app.institutions.models import Institution


class ImportBatch(db.Model):
    """A file on its way into the portal. Who, what, when and the totals stay; the file goes.

    ``previous_id`` is the batch of which this file is the corrected one. ``counts`` are rows by
    plan, ``faults`` by kind, ``done`` what applying and undoing did, ``checks`` the totals read
    again from the database: ``[name, expected, found]``.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index(None, "institution_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    """Within which the numbers of its rows are unique: NESID, or one kind of sheet of one office."""
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(128))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    job_id: Mapped[int | None] = mapped_column(Integer)
    file_name: Mapped[str] = mapped_column(Encrypted(String(200)))
    """May be a patient's name."""
    token: Mapped[str | None] = mapped_column(String(32))
    """Where the sealed file lies; None once it is no longer kept."""
    size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    problem: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """Why the file cannot be read: a sentence by language, without a value of it."""
    headings: Mapped[list[str] | None] = mapped_column(encrypted_json())
    mapping: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """Column position → item; kept, so that rows are read again as they were shown."""
    manner: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """How its sender writes, where that was said on the screen of tables; see
    :class:`app.imports.mapping.Mapping`."""
    row_count: Mapped[int | None] = mapped_column(Integer)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    faults: Mapped[dict[str, int]] = mapped_column(JSON)
    done: Mapped[dict[str, int]] = mapped_column(JSON)
    checks: Mapped[list[list[Any]] | None] = mapped_column(JSON(none_as_null=True))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return f"{SOURCES.label(self.source)} #{self.id}"


class StagedRow(db.Model):
    """A row of the file as it was sent, what is planned for it, and what was done.

    ``changes``: ``set`` and ``conflict`` map items to ``[portal, file]``; ``base`` holds what was
    remembered of these items before. ``history_mark`` is the last entry of the case's history
    the import itself wrote: a later one means that somebody has changed the case since.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index(None, "batch_id", "plan", "number"),
        Index(None, "batch_id", "key"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), nullable=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str | None] = mapped_column(String(60))
    raw: Mapped[list[Any] | None] = mapped_column(encrypted_json())
    """The cells as they stood in the file; goes with the case, or some time after the upload."""
    said: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """The items as they were read from the cells, for whoever writes them; then it goes."""
    plan: Mapped[str] = mapped_column(String(10))
    faults: Mapped[list[dict[str, Any]] | None] = mapped_column(encrypted_json())
    changes: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    choice: Mapped[str | None] = mapped_column(String(8))
    disease_id: Mapped[int | None] = mapped_column(ForeignKey("disease.id"))
    counted_on: Mapped[date | None] = mapped_column(Date)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    history_mark: Mapped[int | None] = mapped_column(Integer)
    undo: Mapped[str | None] = mapped_column(String(8))

    batch: Mapped["ImportBatch"] = relationship()
    case: Mapped["Case | None"] = relationship()

    def __str__(self) -> str:
        return f"{PLANS.label(self.plan)} {self.number}"


class ImportedCase(db.Model):
    """Under which number another system knows a case, and what that system last said of it.

    ``values`` holds the items as they were last imported: an item that still stands so in the
    case was touched by nobody. ``digest`` is of all of them. ``tests`` says which test of the case
    stands in which place of the file.
    """

    __tablename__ = "imported_case"
    __table_args__ = (UniqueConstraint("source", "key"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    digest: Mapped[str] = mapped_column(String(64))
    values: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    tests: Mapped[dict[str, int]] = mapped_column(JSON)

    case: Mapped["Case"] = relationship()

    def __str__(self) -> str:
        return self.key
