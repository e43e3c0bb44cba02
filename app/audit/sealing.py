"""Seals: what stood in the history at a moment, each holding the code of the one before.

The chain of a record shows that nothing is missing before its last entry; a seal shows that the
last entries are there too. The worker seals what is new every few seconds, so writers never
queue up for one common chain. An entry whose key was given out before a seal but committed
after it (a long import) is counted by a later seal.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.chain import signed
from app.audit.keys import Key, keyring
from app.audit.models import HistoryEntry, HistorySeal
from app.audit.ranges import Range, gaps_in, runs_of, without
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor

log = logging.getLogger(__name__)
BATCH = 1_000
SEAL_LIMIT = 50_000
"""Keys one seal may span; a longer backlog is sealed in several steps."""
_PATIENCE = 5_000
"""Seals after which a key that never came is taken for rolled back."""


def seal_history() -> int:
    """Seal what is new; how many entries. Safe in any number of processes at once."""
    sealed = 0
    with acting_as(system_actor("seal history")):
        while True:
            try:
                with transaction() as session:
                    seal = _next_seal(session)
                    if seal is None:
                        return sealed
                    session.add(seal)
            except IntegrityError:
                return sealed  # Another process made this very seal.
            sealed += seal.entry_count
            # Outside the database too, so that removing the last seals can be shown.
            log.info("history sealed: %s:%s", seal.number, seal.mac)


def last_seal(session: Session) -> HistorySeal | None:
    """The newest seal."""
    newest = select(HistorySeal).order_by(HistorySeal.number.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def mac_of_seal(seal: HistorySeal, key: Key) -> str:
    """The code of a seal over everything it says."""
    said = (
        seal.number,
        seal.at.astimezone(UTC).isoformat(),
        seal.first_id,
        seal.last_id,
        seal.entry_count,
        seal.missing,
        seal.late,
        seal.digest,
        seal.previous,
    )
    return signed(json.dumps(["seal", *said]).encode(), key)


class Digest:
    """What a seal says of its entries: how many, and which code under which key."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(self, key: int, mac: str) -> None:
        """The next entry, in the order of the seal."""
        self._hash.update(f"{key}:{mac}\n".encode())
        self.count += 1

    @property
    def hex(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()


def codes_between(session: Session, first: int, last: int) -> Iterator[tuple[int, str]]:
    """(key, code) of the entries from ``first`` to ``last``, ascending, in constant memory."""
    place = first - 1
    while True:
        batch = session.execute(
            select(HistoryEntry.id, HistoryEntry.mac)
            .where(HistoryEntry.id > place, HistoryEntry.id <= last)
            .order_by(HistoryEntry.id)
            .limit(BATCH)
        ).all()
        yield from ((key, mac) for key, mac in batch)
        if len(batch) < BATCH:
            return
        place = batch[-1][0]


def _next_seal(session: Session) -> HistorySeal | None:
    before = last_seal(session)
    first = before.last_id if before else 0
    newest = session.scalar(select(func.max(HistoryEntry.id))) or 0
    last = max(first, min(newest, first + SEAL_LIMIT))
    digest = Digest()
    gaps = gaps_in(_added(digest, codes_between(session, first + 1, last)), first, last)
    number = before.number + 1 if before else 1
    waiting = _still_awaited(before, number)
    late = runs_of(
        key
        for low, high, _since in waiting
        for key in _added(digest, codes_between(session, low, high))
    )
    if not digest.count:
        return None
    seal = HistorySeal(
        number=number,
        at=clock.now(),
        first_id=first,
        last_id=last,
        entry_count=digest.count,
        missing=[*_left(waiting, late), *([low, high, number] for low, high in gaps)],
        late=[list(run) for run in late],
        digest=digest.hex,
        previous=before.mac if before else "",
    )
    seal.mac = mac_of_seal(seal, keyring().current)
    return seal


def _added(digest: Digest, entries: Iterator[tuple[int, str]]) -> Iterator[int]:
    for key, mac in entries:
        digest.add(key, mac)
        yield key


def _still_awaited(before: HistorySeal | None, number: int) -> list[tuple[int, int, int]]:
    if before is None:
        return []
    runs = ((low, high, since) for low, high, since in before.missing)
    return sorted(run for run in runs if number - run[2] < _PATIENCE)


def _left(waiting: list[tuple[int, int, int]], late: list[Range]) -> Iterator[list[int]]:
    for low, high, since in waiting:
        for first, last in without([(low, high)], late):
            yield [first, last, since]
