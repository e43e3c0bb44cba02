"""Reads the whole history once and says where it is not as it was written.

Constant memory: entries come in batches, each beside the one before it in its record's chain.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, and_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.audit.chain import erased_names, problem_with
from app.audit.keys import Keyring, keyring
from app.audit.models import HistoryEntry, HistorySeal
from app.audit.sealing import BATCH, Digest, codes_between, mac_of_seal
from app.core.crypto.sealing import Unreadable
from app.core.crypto.types import Encrypted

SHOWN = 20
_ENCRYPTED: dict[str, Encrypted] = {
    column.key: column.type
    for column in HistoryEntry.__table__.columns
    if isinstance(column.type, Encrypted)
}
_END = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the history was tampered with; ``entry_id`` None: a seal."""

    entry_id: int | None
    text: str


@dataclass(slots=True)
class Verified:
    """What was read. ``findings`` holds the first :data:`SHOWN` of ``broken``."""

    entries: int = 0
    erased: int = 0
    seals: int = 0
    unsealed: int = 0
    oldest_unsealed_at: datetime | None = None
    last_seal: str = ""
    broken: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, entry_id: int | None, text: str) -> None:
        """Note a finding."""
        self.broken += 1
        if len(self.findings) < SHOWN:
            self.findings.append(Finding(entry_id, text))


def verify_history(
    session: Session,
    *,
    anchor: str = "",
    progress: Callable[[int], None] = lambda _entries: None,
) -> Verified:
    """Check every entry, every record's chain and every seal. Runs as the system.

    ``anchor``: a seal kept elsewhere (``<number>:<code>``, from the log or from a printed
    history), which must still be there; without one, nobody can tell that the newest seals
    were removed together with the entries they cover.
    """
    done, ring = Verified(), keyring()
    walk = _Walk(session, ring, done, progress)
    before: HistorySeal | None = None
    for seal in _seals(session):
        _check_seal(seal, before, ring, done)
        walk.through(seal)
        done.seals += 1
        done.last_seal = f"{seal.number}:{seal.mac}"
        if anchor == done.last_seal:
            anchor = ""
        before = seal
    walk.rest(before.last_id if before else 0)
    if anchor:
        done.add(None, "the seal that was kept elsewhere is not in the database")
    return done


class _Walk:
    """Goes through the entries by key while the seals go by."""

    def __init__(
        self, session: Session, ring: Keyring, done: Verified, progress: Callable[[int], None]
    ) -> None:
        self.session, self.ring, self.done, self.progress = session, ring, done, progress
        self.awaited: set[int] = set()
        """Entries that came after the seal of their time; a later seal counts them."""

    def through(self, seal: HistorySeal) -> None:
        digest = Digest()
        for entry in _entries(self.session, seal.first_id, seal.last_id):
            self._check(entry)
            if _missed(seal, entry.id):
                self.awaited.add(entry.id)
            else:
                digest.add(entry.id, entry.mac)
        for low, high in seal.late:
            for key, mac in codes_between(self.session, low, high):
                digest.add(key, mac)
                self.awaited.discard(key)
        if (digest.count, digest.hex) != (seal.entry_count, seal.digest):
            self.done.add(None, _mismatch(seal, digest.count))

    def rest(self, last_id: int) -> None:
        for entry in _entries(self.session, last_id, _END):
            self._check(entry)
            self.done.oldest_unsealed_at = self.done.oldest_unsealed_at or entry.at
            self.done.unsealed += 1
        self.done.unsealed += len(self.awaited)

    def _check(self, entry: Any) -> None:
        row, unreadable = _opened(entry._asdict())
        self.done.entries += 1
        if self.done.entries % BATCH == 0:
            self.progress(self.done.entries)
        problem = unreadable or problem_with(row, self.ring) or _out_of_chain(entry)
        erased = erased_names(row)
        if erased and problem is None and not _is_explained(self.session, entry, erased):
            problem = "values were erased without an entry that says so"
        self.done.erased += bool(erased)
        if problem is not None:
            where = f"{entry.record_type} {entry.record_id}, number {entry.number}"
            self.done.add(entry.id, f"entry {entry.id} ({where}): {problem}")


def _opened(row: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The row with its values, and why they cannot be read (they were overwritten)."""
    try:
        return row | {name: _ENCRYPTED[name].opened(row[name]) for name in _ENCRYPTED}, None
    except Unreadable:
        return row, "its values were overwritten: they do not open"


def _out_of_chain(entry: Any) -> str | None:
    if entry.number == 1:
        return "it claims to be the first but names one before it" if entry.previous else None
    if entry.id_before is None:
        return f"number {entry.number - 1} of the same record is missing"
    if entry.mac_before != entry.previous or entry.id_before >= entry.id:
        return f"number {entry.number - 1} of the same record is not the one it followed"
    return None


def _is_explained(session: Session, entry: Any, names: frozenset[str]) -> bool:
    """True when later entries of the record say that these items were erased."""
    later = select(HistoryEntry.item_names, HistoryEntry.changes).where(
        HistoryEntry.record_type == entry.record_type,
        HistoryEntry.record_id == entry.record_id,
        HistoryEntry.number > entry.number,
        HistoryEntry.action == "erased",
    )
    try:
        said = {name for _names, changes in session.execute(later) for name in changes}
    except Unreadable:
        return False
    return names <= said


def _entries(session: Session, first: int, last: int) -> Iterator[Any]:
    """Entries after ``first`` up to ``last``, each with key and code of the one before it."""
    before = aliased(HistoryEntry)
    columns = [column.label(column.key) for column in HistoryEntry.__table__.columns]
    place = first
    while True:
        page = (
            select(
                *(_as_stored(getattr(HistoryEntry, column.key)) for column in columns),
                before.id.label("id_before"),
                before.mac.label("mac_before"),
            )
            .outerjoin(
                before,
                and_(
                    before.record_type == HistoryEntry.record_type,
                    before.record_id == HistoryEntry.record_id,
                    before.number == HistoryEntry.number - 1,
                ),
            )
            .where(HistoryEntry.id > place, HistoryEntry.id <= last)
            .order_by(HistoryEntry.id)
            .limit(BATCH)
        )
        batch = session.execute(page).all()
        yield from batch
        if len(batch) < BATCH:
            return
        place = batch[-1].id


def _as_stored(attribute: Any) -> Any:
    """An encrypted column unopened, so that one that does not open is found and not in the way."""
    if attribute.key not in _ENCRYPTED:
        return attribute
    return type_coerce(attribute, LargeBinary).label(attribute.key)


def _seals(session: Session) -> Iterator[HistorySeal]:
    number = 0
    while True:
        batch = session.scalars(
            select(HistorySeal)
            .where(HistorySeal.number > number)
            .order_by(HistorySeal.number)
            .limit(BATCH)
        ).all()
        yield from batch
        for seal in batch:
            session.expunge(seal)
        if len(batch) < BATCH:
            return
        number = batch[-1].number


def _check_seal(
    seal: HistorySeal, before: HistorySeal | None, ring: Keyring, done: Verified
) -> None:
    key = ring.named(seal.mac.partition(":")[0])
    followed = (before.number, before.mac, before.last_id) if before else (0, "", 0)
    if key is None:
        done.add(None, f"seal {seal.number}: its code was made with a key that is not configured")
    elif mac_of_seal(seal, key) != seal.mac:
        done.add(None, f"seal {seal.number}: its code does not match what it says")
    elif (seal.number - 1, seal.previous, seal.first_id) != followed:
        done.add(None, f"seal {seal.number}: the seal before it is missing")


def _missed(seal: HistorySeal, key: int) -> bool:
    return any(low <= key <= high for low, high, since in seal.missing if since == seal.number)


def _mismatch(seal: HistorySeal, count: int) -> str:
    where = f"seal {seal.number} (entries {seal.first_id + 1} to {seal.last_id}"
    where += f", sealed {seal.at:%Y-%m-%d %H:%M} UTC)"
    if count < seal.entry_count:
        return f"{where}: {seal.entry_count - count} of its {seal.entry_count} entries are missing"
    return f"{where}: its entries are not those that were sealed"
