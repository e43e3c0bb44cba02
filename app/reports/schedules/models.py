"""Scheduled reports, what came of them, and who is told by mail."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label
from app.reports.kind import Wanted
from app.reports.models import ReportLayout
from app.reports.schedules.codes import EVERY, ISSUE_STATE, PAUSED_BY, SCHEDULE_STATE
from app.reports.schedules.rules import Rhythm
from app.security.actor import Actor
from app.security.roles import Entry, RoleName
from app.statistics.areas import Area
from app.statistics.queries import FAMILY

SCHEDULE = Section("report_schedule", 10, Label("定期の報告", "Regular reports"))
_item = partial(item, section=SCHEDULE, privacy=Privacy.OPERATIONAL, editable=False)


class OfAnArea:
    """What a scheduled report and its issues share: the kind, the area, and whose rights.

    Whoever stands in the area and may ask for the kind sees it; with people in it only those
    of the same institution and role, who would find the same in it.
    """

    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(10))
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    area_authority_id: Mapped[int | None] = mapped_column(Integer)
    centre_id: Mapped[int | None] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(40))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))

    @property
    def area(self) -> Area:
        """The area the report is about."""
        return Area(self.prefecture_code, self.area_authority_id, self.centre_id)


class ReportSchedule(OfAnArea, Record, db.Model):
    """A report made again and again, with the rights its owner had when scheduling it."""

    __tablename__ = "report_schedule"
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "institution_id"))

    every: Mapped[str] = _item(String(8), ja="周期", en="How often", codes=EVERY, nullable=False)
    hour: Mapped[int] = _item(Integer, ja="時刻（時）", en="Hour", nullable=False)
    weekday: Mapped[int] = _item(Integer, ja="曜日", en="Day of the week", nullable=False)
    month_day: Mapped[int] = _item(Integer, ja="日", en="Day of the month", nullable=False)
    # As in `app.reports.kind.Wanted`; without a layout and not plain, the default one of the day.
    basis: Mapped[str] = mapped_column(String(12), default="reported", server_default="reported")
    family: Mapped[str] = mapped_column(String(40), default=FAMILY, server_default=FAMILY)
    layout_id: Mapped[int | None] = mapped_column(
        ForeignKey("report_layout.id", ondelete="SET NULL")
    )
    plain: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    recipient: Mapped[str] = mapped_column(Encrypted(String(100)), default="")
    purpose: Mapped[str] = mapped_column(Encrypted(String(200)), default="")
    lock: Mapped[dict[str, str] | None] = mapped_column(encrypted_json())
    user_id: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(String(150))
    owner_authority_id: Mapped[int | None] = mapped_column(Integer)
    owner_prefecture_code: Mapped[str | None] = mapped_column(String(2))
    owner_entries: Mapped[tuple[str, ...]] = mapped_column(CodeSet, default=())
    state: Mapped[str] = _item(
        String(8), ja="状態", en="State", codes=SCHEDULE_STATE, nullable=False, default="active"
    )
    paused_by: Mapped[str | None] = _item(
        String(12), ja="停止の理由", en="Why it is paused", codes=PAUSED_BY
    )
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = _item(UtcDateTime, ja="次回", en="Next time", nullable=False)
    last_at: Mapped[datetime | None] = _item(UtcDateTime, ja="前回", en="Last time")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    layout: Mapped[ReportLayout | None] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"

    @property
    def rhythm(self) -> Rhythm:
        """When it is due."""
        return Rhythm(self.every, self.hour, self.weekday, self.month_day)  # type: ignore[arg-type]

    def wanted(self, issue: "ReportIssue") -> Wanted:
        """The report of some days, as it was scheduled."""
        return Wanted(
            kind=issue.kind,
            area=issue.area,
            first=issue.first_on,
            last=issue.last_on,
            basis=self.basis,
            family=self.family,
            layout_id=self.layout_id,
            plain=self.plain,
        )

    @property
    def actor(self) -> Actor:
        """The owner as placed when it was scheduled or last resumed."""
        return Actor(
            user_id=self.user_id,
            name=self.owner,
            role=RoleName(self.role),
            institution_id=self.institution_id,
            authority_id=self.owner_authority_id,
            prefecture_code=self.owner_prefecture_code,
            entries=frozenset(map(Entry, self.owner_entries)),
        )

    def belong_to(self, by: Actor) -> None:
        """Take over the rights an actor has now."""
        if by.user_id is None or by.institution_id is None:
            raise ValueError("a schedule belongs to somebody at an institution")
        self.user_id, self.owner, self.role = by.user_id, by.name, str(by.role)
        self.institution_id = by.institution_id
        self.owner_authority_id, self.owner_prefecture_code = by.authority_id, by.prefecture_code
        self.owner_entries = tuple(sorted(by.entries))


class ReportIssue(OfAnArea, db.Model):
    """One report that was made by the schedule; its file is that of the job until it expires."""

    __tablename__ = "report_issue"
    __table_args__ = (
        UniqueConstraint("schedule_id", "due_at"),
        Index(None, "state"),
        Index(None, "institution_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id"))
    job_id: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = _item(
        String(8), ja="状態", en="State", codes=ISSUE_STATE, nullable=False, default="making"
    )
    problem: Mapped[str] = mapped_column(String(300), default="")
    rows: Mapped[int] = mapped_column(Integer, default=0)
    # Whoever opens the file looks at these people; emptied when the file is gone.
    people: Mapped[list[int]] = mapped_column(encrypted_json(), default=list)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    schedule: Mapped["ReportSchedule"] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"


class ReportSubscription(db.Model):
    """A member of staff who is told by mail that a report is there."""

    __tablename__ = "report_subscription"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


def area_columns(area: Area) -> dict[str, Any]:
    """The area as columns."""
    return {
        "prefecture_code": area.prefecture_code,
        "area_authority_id": area.authority_id,
        "centre_id": area.centre_id,
    }
