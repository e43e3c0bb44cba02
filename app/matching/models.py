"""Pairs of persons somebody should look at, and persons and cases that were made one."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core import clock
from app.core.crypto.types import encrypted_json
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.sections import SYSTEM
from app.matching.codes import STATE
from app.persons.models import Person

_issued = partial(
    item,
    section=SYSTEM,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
    source="R153（名寄せの仕組み）",
)
_said = partial(
    item,
    String(400),
    section=SYSTEM,
    privacy=Privacy.IDENTIFYING,
    entered_by=(Enterer.HEALTH_CENTRE,),
    editable=False,
)


class MatchPair(Record, db.Model):
    """Two persons who are perhaps one, on the review list of one health centre.

    ``first_id`` is the smaller key. A pair that was decided stays, so that it is not shown again.
    """

    __tablename__ = "match_pair"
    __table_args__ = (
        UniqueConstraint("institution_id", "first_id", "second_id"),
        Index(None, "institution_id", "state", "score"),
        Index(None, "first_id"),
        Index(None, "second_id"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = _issued(
        String(12), ja="確認状況", en="State", codes=STATE, nullable=False, default="open"
    )
    score: Mapped[int] = _issued(Integer, ja="一致度", en="Score", nullable=False)
    reasons: Mapped[tuple[str, ...]] = mapped_column(CodeSet())
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, insert_default=clock.now)
    decided_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="判断日時", en="Decided at")
    decided_by: Mapped[str | None] = _issued(String(100), ja="判断者", en="Decided by")
    note: Mapped[str | None] = _said(ja="判断の理由", en="Reason for the decision")

    first: Mapped["Person"] = relationship(foreign_keys="MatchPair.first_id")
    second: Mapped["Person"] = relationship(foreign_keys="MatchPair.second_id")

    def __str__(self) -> str:
        return f"#{self.id}"


class Merge:
    """Mixin: two records made one, with everything that is needed to take it back.

    ``moved`` holds the rows that changed hands ([table, column, key]), ``left`` what a taking-back
    could not restore.
    """

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    merged_at: Mapped[datetime] = _issued(
        UtcDateTime, ja="統合日時", en="Merged at", nullable=False, insert_default=clock.now
    )
    merged_by: Mapped[str] = _issued(String(100), ja="統合者", en="Merged by", nullable=False)
    reason: Mapped[str | None] = _said(ja="統合の理由", en="Reason for the merge")
    undone_at: Mapped[datetime | None] = _issued(
        UtcDateTime, ja="統合の取消日時", en="Taken back at"
    )
    undone_by: Mapped[str | None] = _issued(
        String(100), ja="統合を取り消した者", en="Taken back by"
    )
    undo_reason: Mapped[str | None] = _said(ja="統合取消の理由", en="Reason for taking it back")
    before: Mapped[dict[str, Any]] = mapped_column(encrypted_json())
    moved: Mapped[list[list[Any]]] = mapped_column(encrypted_json())
    left: Mapped[list[list[Any]] | None] = mapped_column("left_behind", encrypted_json())


class PersonMerge(Merge, Record, db.Model):
    """Two persons made one.

    ``before`` holds ``winner`` (item → [before, after]) and ``loser`` (item → before).
    """

    __tablename__ = "person_merge"
    __table_args__ = (Index(None, "winner_id"), Index(None, "loser_id"))

    winner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    loser_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    score: Mapped[int] = _issued(
        Integer, ja="統合時の一致度", en="Score when merged", nullable=False
    )

    winner: Mapped["Person"] = relationship(foreign_keys="PersonMerge.winner_id")
    loser: Mapped["Person"] = relationship(foreign_keys="PersonMerge.loser_id")

    def __str__(self) -> str:
        return f"#{self.id}"


class CaseMerge(Merge, Record, db.Model):
    """Two cases of one episode made one.

    ``before`` holds ``winner`` (item → [before, after]), ``state`` (the other's state of the
    notification) and ``ties`` (see :mod:`app.matching.ties`).
    """

    __tablename__ = "case_merge"
    __table_args__ = (Index(None, "winner_id"), Index(None, "loser_id"))

    winner_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    loser_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))

    winner: Mapped["Case"] = relationship(foreign_keys="CaseMerge.winner_id")
    loser: Mapped["Case"] = relationship(foreign_keys="CaseMerge.loser_id")

    def __str__(self) -> str:
        return f"#{self.id}"
