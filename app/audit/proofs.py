"""What stands on a printed history, so that paper and database can be compared later."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.audit.chain import problem_with
from app.audit.keys import keyring
from app.audit.models import HistoryEntry
from app.audit.sealing import Digest, last_seal

_COLUMNS = tuple(column.key for column in HistoryEntry.__table__.columns)


@dataclass(frozen=True, slots=True)
class Proof:
    """``digest`` is recomputed by ``history digest`` from the entry numbers printed; ``seal`` is
    the newest one, to be given to ``history verify --anchor``."""

    count: int
    digest: str
    seal: str
    sound: bool


def proof_of(session: Session, entries: Sequence[HistoryEntry], *, whole: bool) -> Proof:
    """The proof of entries in ascending order.

    ``whole``: every entry of their records is meant to be among them, so that of each chain
    none may be missing.
    """
    digest, ring = Digest(), keyring()
    sound = True
    for entry in entries:
        digest.add(entry.id, entry.mac)
        row = {name: getattr(entry, name) for name in _COLUMNS}
        sound = sound and problem_with(row, ring) is None
    if whole:
        sound = sound and not _is_incomplete(session, entries)
    seal = last_seal(session)
    return Proof(len(entries), digest.hex, f"{seal.number}:{seal.mac}" if seal else "", sound)


def _is_incomplete(session: Session, entries: Sequence[HistoryEntry]) -> bool:
    """True when the numbers of a record's chain are not 1, 2, 3 … to its last entry."""
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for entry in entries:
        keys[entry.record_type].add(entry.record_id)
    if not keys:
        return False
    kind, key, number = HistoryEntry.record_type, HistoryEntry.record_id, HistoryEntry.number
    counted = (
        select(kind)
        .where(or_(*(and_(kind == name, key.in_(ids)) for name, ids in keys.items())))
        .group_by(kind, key)
        .having(func.count(number) != func.max(number))
    )
    return session.execute(counted.limit(1)).first() is not None
