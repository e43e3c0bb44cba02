"""The only place that reads the clock, so that tests can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """This instant, aware UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Today's calendar date in Japan."""
    return now().astimezone(TOKYO).date()


def in_japan(instant: datetime) -> datetime:
    """The same instant on a Japanese clock."""
    return instant.astimezone(TOKYO)


def midnight_in_japan(day: date) -> datetime:
    """The instant at which ``day`` begins in Japan."""
    return datetime.combine(day, time(), TOKYO).astimezone(UTC)


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still (tests, demo data)."""
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
