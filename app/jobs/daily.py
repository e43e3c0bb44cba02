"""Chores done once a day by whichever worker comes first."""

import logging
from collections.abc import Callable
from datetime import date

from sqlalchemy import Date, String, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from app.security.rows import internal

log = logging.getLogger(__name__)
Chore = Callable[[date], int]
_chores: dict[str, Chore] = {}


class DailyChore(db.Model):
    """The last day a chore was done; claiming the day is what keeps it from running twice."""

    __tablename__ = "daily_chore"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    done_on: Mapped[date] = mapped_column(Date)


internal(DailyChore, reason="the workers' own bookkeeping")


def daily(name: str) -> Callable[[Chore], Chore]:
    """Register a chore: called with today's date (Japan), gives how many records it touched.

    A chore is safe to repeat: one that fails is tried again at the next sweep. The history calls
    it as ``SYSTEM_ACTORS`` does.
    """

    def register(chore: Chore) -> Chore:
        _chores[name] = chore
        return chore

    return register


def do_daily_chores() -> dict[str, int]:
    """Do what was not done today yet; chore → records touched. Each in its own transaction."""
    today = clock.today()
    done = {}
    for name, chore in _chores.items():
        with acting_as(system_actor(name)):
            try:
                with transaction():
                    if _claim(name, today):
                        done[name] = chore(today)
            except IntegrityError:
                continue  # Another worker made the row at the same instant and does the chore.
    for name, touched in done.items():
        log.info("daily chore %s: %s records", name, touched)
    return done


def _claim(name: str, today: date) -> bool:
    session = db.session
    if session.get(DailyChore, name, populate_existing=True) is None:
        session.add(DailyChore(name=name, done_on=today))
        session.flush()
        return True
    claimed = session.execute(
        update(DailyChore)
        .where(DailyChore.name == name, DailyChore.done_on < today)
        .values(done_on=today)
        .execution_options(synchronize_session=False)
    )
    return bool(claimed.rowcount)
