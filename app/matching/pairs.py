"""The review list: pairs proposed, and what was said of each."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, delete, or_, select

from app.audit.history import because
from app.audit.signing import name_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.matching.finding import judged
from app.matching.models import MatchPair
from app.matching.rules import Judgement
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require

_PAIR = MatchPair.__table__
DECIDED = frozenset({"same", "different"})
NOTE_LENGTH = 400


def propose(first: Person, second: Person, *, by: Actor) -> MatchPair:
    """Put two persons the actor meets on the own review list; gives the pair that is there.

    Raises:
        NotAllowed: the role may not.
        InvalidState: they are one record already.
    """
    require(by, "decide", "match_pair")
    if first.id == second.id:
        raise InvalidState(_l("This is one record already."))
    with transaction() as session:
        pair = pair_of(first.id, second.id, judged(first, second), by=by)
        session.flush()
    return pair


def decide(pair: MatchPair, state: str, note: str, *, by: Actor) -> MatchPair:
    """Say that the two are other people (with a reason), or that it is seen to later.

    Raises:
        NotAllowed: the role may not decide.
        InvalidInput: other people without a reason, or too long a one.
        InvalidState: they were merged meanwhile.
    """
    require(by, "decide", "match_pair")
    said = note.strip()
    if state not in ("open", "later", "different"):
        raise InvalidInput({"state": [_l("Choose one.")]})
    if state == "different" and not said:
        raise InvalidInput({"note": [_l("Say how you know that they are different people.")]})
    if len(said) > NOTE_LENGTH:
        raise InvalidInput({"note": [_l("At most %(number)s characters.", number=NOTE_LENGTH)]})
    if pair.state == "same":
        raise InvalidState(_l("These two were merged. Take the merge back first."))
    with because(said or None), transaction() as session:
        settle(pair, state, said, by=by)
        session.flush()
    return pair


def remember_others(person_id: int, others: Collection[int], *, by: Actor) -> None:
    """Somebody chose "another person" while entering one: these pairs are not shown again.

    In the transaction of the entry; part of the right to enter.
    """
    for other in others:
        settle(pair_of(person_id, other, None, by=by), "different", "", by=by)


def pair_of(one: int, other: int, judgement: Judgement | None, *, by: Actor) -> MatchPair:
    """The pair on the list of the actor's health centre, made when there is none; not flushed."""
    first, second = sorted((one, other))
    own = select(MatchPair).where(
        MatchPair.institution_id == by.institution_id,
        MatchPair.first_id == first,
        MatchPair.second_id == second,
    )
    found = db.session.scalars(own).one_or_none()
    if isinstance(found, MatchPair):
        if judgement is not None and found.state not in DECIDED:
            found.score, found.reasons = judgement.score, _codes(judgement)
        return found
    pair = MatchPair(
        institution_id=by.institution_id,
        first_id=first,
        second_id=second,
        score=0 if judgement is None else judgement.score,
        reasons=() if judgement is None else _codes(judgement),
    )
    db.session.add(pair)
    return pair


def settle(pair: MatchPair, state: str, note: str, *, by: Actor) -> None:
    """Write down what became of a pair, by whom."""
    pair.state, pair.note = state, note or None
    open_still = state == "open"
    pair.decided_at = None if open_still else clock.now()
    pair.decided_by = None if open_still else name_of(by)[:100]


def _codes(judgement: Judgement) -> tuple[str, ...]:
    return (*judgement.reasons, *judgement.vetoes)


def forget_pairs(connection: Connection, people: Sequence[int]) -> None:
    """Of persons that go: the pairs that were found, and nobody has said anything about."""
    theirs = or_(_PAIR.c.first_id.in_(people), _PAIR.c.second_id.in_(people))
    connection.execute(delete(_PAIR).where(theirs, _PAIR.c.decided_at.is_(None)))
