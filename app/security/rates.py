"""How often something may be tried, counted in one table for all processes.

The counting rules are those of the ``limits`` library; only the shelf they are kept on is
ours. Windows are fixed: they begin with the first try and end all at once.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, current_app, request
from flask_babel import gettext as _
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Integer, String, case, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import UtcDateTime, db
from app.core.errors import TooMany
from app.core.transaction import transaction
from app.security.actor import acting_as, current_actor, system_actor
from app.security.bodies import takes_files
from app.security.rows import internal

_RATES = system_actor("rate limits")


class RateCount(db.Model):
    """Tries of one kind by one address, name or account. The key is a keyed hash: the table
    tells nobody who tried what."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


internal(RateCount, reason="counts tries, about nobody in particular")


class DatabaseStorage(Storage):
    """The shelf of ``limits`` in our own database. Each count is one statement and one commit
    of its own, so it stands whatever becomes of the request."""

    STORAGE_SCHEME = ["portal"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count and give the sum of the window, which begins anew when it had run out."""
        now = clock.now()
        insert: Any = {"sqlite": insert_on_sqlite, "postgresql": insert_on_postgresql}[
            db.engine.dialect.name
        ]
        row = {"key": _hashed(key), "count": amount, "expires_at": now + timedelta(seconds=expiry)}
        new = insert(RateCount).values(row)
        is_over = RateCount.expires_at <= now
        counted = new.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": case((is_over, amount), else_=RateCount.count + amount),
                "expires_at": case((is_over, new.excluded.expires_at), else_=RateCount.expires_at),
            },
        ).returning(RateCount.count)
        with acting_as(_RATES), transaction() as session:
            return int(session.scalars(counted).one())

    def get(self, key: str) -> int:
        """The sum of the running window."""
        found = self._running(key)
        return found.count if found else 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in Unix seconds."""
        found = self._running(key)
        return (found.expires_at if found else clock.now()).timestamp()

    def check(self) -> bool:
        """True: the portal itself does not work without its database."""
        return True

    def reset(self) -> int | None:
        """Nothing in the portal forgets every count at once."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Forget one count."""
        with acting_as(_RATES), transaction() as session:
            session.execute(delete(RateCount).where(RateCount.key == _hashed(key)))

    def _running(self, key: str) -> Any:
        statement = select(RateCount.count, RateCount.expires_at).where(
            RateCount.key == _hashed(key), RateCount.expires_at > clock.now()
        )
        with acting_as(_RATES):
            return db.session.execute(statement).first()


_limiter = FixedWindowRateLimiter(DatabaseStorage())


def refuse_if_spent(*counts: tuple[str, str]) -> None:
    """Stop when one of ``counts`` (kind, who) has no try left. Counts nothing; one statement.

    Raises:
        TooMany: with the instant from which there is one again.
    """
    limits = {
        _hashed(limit.key_for(kind, who)): limit for kind, who in counts for limit in _limits(kind)
    }
    running = select(RateCount).where(RateCount.key.in_(limits), RateCount.expires_at > clock.now())
    with acting_as(_RATES):
        found = db.session.scalars(running.execution_options(populate_existing=True)).all()
    ends = [row.expires_at for row in found if row.count >= limits[row.key].amount]
    if ends:
        raise _too_many(max(ends))


def count_try(kind: str, who: str) -> None:
    """Count one try (after it turned out wrong, where only wrong ones count)."""
    for limit in _limits(kind):
        _limiter.hit(limit, kind, who)


def spend(kind: str, who: str) -> None:
    """Count one try and stop when it was one too many. Not inside a transaction, which would
    take the count back with everything else.

    Raises:
        TooMany: with the instant from which there is one again.
    """
    over = [limit for limit in _limits(kind) if not _limiter.hit(limit, kind, who)]
    if over:
        raise _too_many(max(_window_end(limit, kind, who) for limit in over))


def forget_tries(kind: str, who: str) -> None:
    """Give all tries back (an administrator let somebody in again)."""
    for limit in _limits(kind):
        _limiter.storage.clear(limit.key_for(kind, who))


def purge_counts() -> int:
    """Delete the counts of windows that are over; the number deleted."""
    over = delete(RateCount).where(RateCount.expires_at <= clock.now())
    with acting_as(_RATES), transaction() as session:
        return len(session.execute(over.returning(RateCount.key)).all())


def install_rates(app: Flask) -> None:
    """Limit the calls of programs and the sending of files. Must come after the gate, which
    says who calls."""
    app.before_request(_limit_programs)
    app.before_request(_limit_uploads)


def _limit_programs() -> None:
    if request.path.startswith("/api/"):
        actor = current_actor()
        who = request.remote_addr or ""
        if actor is not None:
            # Keys of systems have no user; their names are those of one institution.
            who = f"{actor.user_id} {actor.institution_id} {actor.name}"
        spend("api", who)


def _limit_uploads() -> None:
    actor = current_actor()
    if request.method == "POST" and takes_files(request.endpoint) and actor is not None:
        spend("upload", str(actor.user_id))


@cache
def _parsed(text: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(text))


def _limits(kind: str) -> tuple[RateLimitItem, ...]:
    return _parsed(current_app.config["RATE_LIMITS"][kind])


def _window_end(limit: RateLimitItem, kind: str, who: str) -> datetime:
    reset = _limiter.get_window_stats(limit, kind, who).reset_time
    return datetime.fromtimestamp(reset, UTC)


def _too_many(retry_at: datetime) -> TooMany:
    local, today = clock.in_japan(retry_at), clock.today()
    shown = local + timedelta(minutes=1)
    when = f"{shown:%H:%M}" if shown.date() == today else f"{shown:%Y-%m-%d %H:%M}"
    return TooMany(
        _("Too many tries in a short time. Please try again from %(time)s on.", time=when),
        retry_at=retry_at,
    )


def _hashed(key: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()
