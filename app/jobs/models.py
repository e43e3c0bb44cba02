"""The job row: everything known about a piece of background work, and the only truth."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.crypto.types import encrypted_json
from app.core.db import CodeSet, Record, UtcDateTime, db, new_token
from app.core.labels import CodeList
from app.security.actor import Actor
from app.security.roles import Entry, RoleName

JOB_STATES = CodeList(
    "job_state",
    ("waiting", "待機中", "Waiting"),
    ("running", "実行中", "Running"),
    ("done", "完了", "Done"),
    ("failed", "失敗", "Failed"),
    ("cancelled", "中止", "Cancelled"),
    tones={
        "waiting": "neutral",
        "running": "info",
        "done": "success",
        "failed": "danger",
        "cancelled": "warning",
    },
)
JOB_COUNTS = CodeList(
    "job_count",
    ("rows", "件数", "Records"),
    ("columns", "列数", "Columns"),
    ("columns_left_out", "権限により出力しない項目", "Items left out by role"),
    ("replaced_characters", "〓に置き換えた文字", "Characters replaced by 〓"),
    ("shortened_cells", "文字数の上限で切り詰めたセル", "Cells shortened to the limit"),
    ("created", "新規", "Created"),
    ("changed", "更新", "Changed"),
    ("unchanged", "変更なし", "Unchanged"),
    ("rejected", "取込不可", "Rejected"),
    ("checked", "確認済みにした件数", "Checked, correct"),
    ("passed", "対象外（解消・処理済み）", "Passed by (gone or dealt with)"),
    ("anonymised", "匿名化", "Anonymised"),
    ("listed", "匿名化予定一覧への記載", "Listed to be anonymised"),
    ("taken_off", "匿名化予定一覧からの取下げ", "Taken off that list"),
)
"""Words for the counts a handler reports in its result."""

OPEN_STATES = ("waiting", "running")


class JobRun(Record, db.Model):
    """One piece of background work and who asked for it.

    The actor is a snapshot, so that the work meets the rows of the post it was asked from.
    ``parameters`` may hold searched words: they are emptied as soon as the work has ended.
    ``title`` and ``message`` never hold a personal value.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_user_id_created_at", "user_id", "created_at"),
        Index("ix_job_run_state_lease_until", "state", "lease_until"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[dict[str, Any]] = mapped_column(encrypted_json(), default=dict)

    user_id: Mapped[int | None] = mapped_column(Integer)
    username: Mapped[str] = mapped_column(String(150))
    role: Mapped[str] = mapped_column(String(40))
    institution_id: Mapped[int | None] = mapped_column(Integer)
    authority_id: Mapped[int | None] = mapped_column(Integer)
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    entries: Mapped[tuple[str, ...]] = mapped_column(CodeSet, default=())

    state: Mapped[str] = mapped_column(String(12), default="waiting")
    progress_done: Mapped[int] = mapped_column(Integer, default=0)
    progress_total: Mapped[int | None] = mapped_column(Integer)
    message: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any]] = mapped_column(encrypted_json(), default=dict)
    error_number: Mapped[str | None] = mapped_column(String(32))

    file_token: Mapped[str] = mapped_column(String(32), default=new_token, unique=True)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return self.title

    @property
    def actor(self) -> Actor:
        """Who asked, as they were placed at that moment."""
        return Actor(
            user_id=self.user_id,
            name=self.username,
            role=RoleName(self.role),
            institution_id=self.institution_id,
            authority_id=self.authority_id,
            prefecture_code=self.prefecture_code,
            entries=frozenset(map(Entry, self.entries)),
        )

    @property
    def is_open(self) -> bool:
        """True while the work waits or runs."""
        return self.state in OPEN_STATES

    @property
    def has_file(self) -> bool:
        """True while a file can be fetched."""
        return self.state == "done" and bool(self.result.get("file"))

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100; None while the amount of work is unknown."""
        if not self.progress_total:
            return None
        return min(100, self.progress_done * 100 // self.progress_total)
