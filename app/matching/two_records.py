"""What making two persons one and making two cases one have in common: both wait for each other,
and a value that nobody has touched since goes back to what it was."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.history import plain
from app.core.db import Record
from app.core.errors import InvalidState
from app.core.items import item_of
from app.generated.history_words import stored_value


def lock_both(session: Session, winner: Record, loser: Record) -> None:
    """Of two who merge the same record at once the second one waits, and is told.

    Raises:
        InvalidState: one of the two was changed since it was read.
    """
    model: Any = type(winner)
    keys = sorted((winner.id, loser.id))
    rows = select(model.id, model.row_version).where(model.id.in_(keys)).order_by(model.id)
    versions: dict[int, int] = dict(session.execute(rows.with_for_update()).all())
    if any(versions.get(one.id) != one.row_version for one in (winner, loser)):
        raise InvalidState(
            _l("Somebody else changed one of the two meanwhile. Please look at them again.")
        )


def restore_values(
    winner: Record, changed: Mapping[str, Sequence[Any]], subject: str
) -> Iterator[list[Any]]:
    """Give items back their values ({item: [before, after]}); yields [subject, item, key] for
    those that somebody has changed since, which stay."""
    for name, (before, after) in changed.items():
        if plain(getattr(winner, name)) == after:
            setattr(winner, name, stored_value(item_of(type(winner), name), before))
        else:
            yield [subject, name, winner.id]
