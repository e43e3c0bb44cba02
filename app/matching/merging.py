"""Two persons made one, and taken apart again.

The one that stays keeps its key; per item somebody chooses whose value survives. Every row of the
other (``children``) changes hands, the other is emptied and points to the one that stayed, and
``PersonMerge`` keeps what was, so that taking it back restores each value and row that nobody has
touched since, and lists those somebody has.
"""

from collections.abc import Collection, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.causes import reason
from app.audit.history import because, plain, record_explicitly
from app.audit.signing import name_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.items import Item, item_of, items_of
from app.core.labels import Label
from app.core.transaction import transaction
from app.generated.history_words import stored_value
from app.matching.finding import judged
from app.matching.models import PersonMerge
from app.matching.moving import give_back, hand_over
from app.matching.pairs import pair_of, settle
from app.matching.queries import cases_merged
from app.matching.two_records import lock_both, restore_values
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require

MERGED = reason("persons_merged", Label("同一人の統合（名寄せ）", "Persons merged"))
TAKEN_BACK = reason(
    "persons_unmerged", Label("同一人の統合の取消し", "Merge of persons taken back")
)
REASON_LENGTH = 400


def merged_items() -> tuple[Item, ...]:
    """The items of a person among which somebody chooses."""
    return tuple(item for item in items_of(Person) if item.editable)


def merge(
    winner: Person,
    loser: Person,
    *,
    by: Actor,
    take: Collection[str] = (),
    why: str = "",
    in_spite: bool = False,
) -> PersonMerge:
    """Make ``loser`` one with ``winner``.

    Args:
        take: names of the items whose value comes from ``loser``.
        why: a sentence, kept with the merge and in the history.
        in_spite: something speaks against it (a veto), and it was looked into.

    Raises:
        NotAllowed: the role may not merge.
        InvalidInput: a veto without ``in_spite`` and a reason, or a reason that is too long.
        InvalidState: one of the two was merged or anonymised already.
    """
    require(by, "merge", "match_pair")
    _require_two(winner, loser)
    judgement = judged(winner, loser)
    said = why.strip()
    if judgement.vetoes and not (in_spite and said):
        raise InvalidInput({"note": [_l("Something speaks against it: confirm, and say why.")]})
    if len(said) > REASON_LENGTH - 60:
        raise InvalidInput({"note": [_l("At most %(number)s characters.", number=340)]})
    with because(MERGED(_words(winner, loser, said))), transaction() as session:
        lock_both(session, winner, loser)
        before = _take_values(winner, loser, frozenset(take))
        loser.merged_into_id = winner.id
        session.flush()
        merged = PersonMerge(
            institution_id=by.institution_id,
            winner_id=winner.id,
            loser_id=loser.id,
            score=judgement.score,
            merged_by=name_of(by)[:100],
            reason=said or None,
            before=before,
            moved=hand_over(session, loser.id, winner.id, by=by),
        )
        session.add(merged)
        pair = pair_of(winner.id, loser.id, judgement, by=by)
        settle(pair, "same", said, by=by)
        record_explicitly(session, list(_said("merged", winner, loser)))
        session.flush()
    return merged


def take_back(merged: PersonMerge, why: str, *, by: Actor) -> list[list[Any]]:
    """Take a merge back; gives what somebody has changed since and is left as it is.

    Each is [table, attribute, key]; an item of the person that stayed is ["person", item, key].

    Raises:
        NotAllowed: the role may not take merges back.
        InvalidInput: no reason, or too long a one.
        InvalidState: it was taken back already, or the person was merged further or anonymised.
        NotVisible: the person does not exist for the actor (any more).
    """
    require(by, "undo", "match_pair")
    said = why.strip()
    if not said or len(said) > REASON_LENGTH - 60:
        raise InvalidInput({"note": [_l("Say why, in at most 340 characters.")]})
    if merged.undone_at is not None:
        raise InvalidState(_l("This merge has been taken back already."))
    winner, loser = _both_of(merged)
    cases = [key for table, _name, key in merged.moved if table == "case_record"]
    if cases_merged(cases):
        raise InvalidState(_l("Cases of the two were merged since. Take that merge back first."))
    with because(TAKEN_BACK(_words(winner, loser, said))), transaction() as session:
        lock_both(session, winner, loser)
        left = list(restore_values(winner, merged.before["winner"], "person"))
        session.flush()
        left += give_back(session, merged.moved, winner.id, loser.id, by=by)
        for name, value in merged.before["loser"].items():
            setattr(loser, name, stored_value(item_of(Person, name), value))
        loser.merged_into_id = None
        merged.undone_at, merged.undone_by, merged.undo_reason = (
            clock.now(),
            name_of(by)[:100],
            said,
        )
        merged.left = left
        pair = pair_of(winner.id, loser.id, None, by=by)
        settle(pair, "different", said, by=by)
        record_explicitly(session, list(_said("unmerged", winner, loser)))
        session.flush()
    return left


def _require_two(winner: Person, loser: Person) -> None:
    if winner.id == loser.id:
        raise InvalidState(_l("This is one record already."))
    for person in (winner, loser):
        if person.merged_into_id is not None:
            raise InvalidState(_l("One of the two has been merged already."))
        if person.anonymised_on is not None:
            raise InvalidState(_l("This record has been anonymised. It cannot be changed."))


def _both_of(merged: PersonMerge) -> tuple[Person, Person]:
    found = [
        db.session.scalar(select(Person).where(Person.id == key))
        for key in (merged.winner_id, merged.loser_id)
    ]
    winner, loser = found
    if winner is None or loser is None:
        raise NotVisible(_l("There is no such record."))
    if winner.merged_into_id is not None:
        raise InvalidState(_l("This person was merged further. Take that merge back first."))
    if winner.anonymised_on is not None:
        raise InvalidState(_l("This record has been anonymised. It cannot be changed."))
    return winner, loser


def _take_values(winner: Person, loser: Person, take: frozenset[str]) -> dict[str, Any]:
    changed, former = {}, {}
    for item in merged_items():
        ours, theirs = getattr(winner, item.name), getattr(loser, item.name)
        if theirs is not None:
            former[item.name] = plain(theirs)
            setattr(loser, item.name, None)
        if item.name in take and theirs != ours:
            changed[item.name] = [plain(ours), plain(theirs)]
            setattr(winner, item.name, theirs)
    return {"winner": changed, "loser": former}


def _words(winner: Person, loser: Person, said: str) -> str:
    return f"#{loser.id} → #{winner.id}" + (f" {said}" if said else "")


def _said(action: str, *persons: Person) -> Iterator[dict[str, Any]]:
    """A line in the history of both, also of one none of whose items changed."""
    for person in persons:
        yield {
            "record_type": "person",
            "record_id": person.id,
            "person_id": person.id,
            "action": action,
            "changes": {},
        }
