"""The operator's switch. One row, read by every process every few seconds."""

from datetime import datetime
from functools import partial

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from app.core.db import Record, UtcDateTime, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label
from app.surge.rules import MODES

SURGE = Section("surge", 10, Label("届出優先モード", "Notifications first"))
_of_switch = partial(item, section=SURGE, privacy=Privacy.OPERATIONAL)


class SurgeSwitch(Record, db.Model):
    """What the operator wants, and until when some process has asked all others to help.

    ``overloaded_until_at`` is renewed by an overloaded web process, so that the others and the
    workers leave the machine to notifications too.
    """

    __tablename__ = "surge_switch"

    mode: Mapped[str] = _of_switch(
        String(8),
        ja="届出優先モード",
        en="Notifications first",
        codes=MODES,
        nullable=False,
        default="auto",
        source="R6; 業務継続",
    )
    overloaded_until_at: Mapped[datetime | None] = _of_switch(
        UtcDateTime,
        ja="混雑の見込み",
        en="Overloaded until",
        editable=False,
    )

    def __str__(self) -> str:
        return MODES.label(self.mode)
