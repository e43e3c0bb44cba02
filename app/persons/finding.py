"""Finding persons by encrypted items: by tokens first, then by the values themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from app.core.crypto.keys import key_ring
from app.core.crypto.tokens import GRAM
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.items import item_of
from app.core.labels import Label
from app.generated.searching import Found, SearchBy
from app.persons.lookups import BIRTH, KANA, NAME, TELEPHONE, Lookup, block_tokens
from app.persons.models import Person, PersonPosting, PersonSearch
from app.security.actor import current_actor
from app.security.fields import may_read

_NUMBER = Label("電話番号", "Telephone")
LARGEST = 1_000
"""How many persons one search gives; it takes the newest and says so."""


@dataclass(frozen=True, slots=True)
class PersonSearchTerm:
    """A search of a list by one lookup; see ``app.generated.searching.Keyed``."""

    lookup: Lookup

    def problem(self, typed: str) -> object | None:
        """Why this cannot be searched for; None when it can."""
        text = self.lookup.key(typed)
        if text is None:
            return _l("There is nothing in it that can be searched for.")
        if self.lookup.by_part and len(text) < GRAM:
            return _l("Type at least two characters.")
        return None

    def hint(self) -> object:
        """How what is typed is compared."""
        return _l("any part of two or more characters") if self.lookup.by_part else ""

    def find(self, typed: str) -> Found:
        """The persons that match, as far as they exist for the actor."""
        text = self.lookup.key(typed)
        if text is None or self.problem(typed) is not None:
            return Found(false())
        ids = _matching(((self.lookup, text),), whole=False)
        return Found(Person.id.in_(ids[:LARGEST]), len(ids) > LARGEST)


BY_NAME, BY_KANA, BY_TELEPHONE = (PersonSearchTerm(way) for way in (NAME, KANA, TELEPHONE))


def by_person(path: str, *, telephone: bool = True) -> tuple[SearchBy, ...]:
    """The search conditions of a list whose records have a person at the end of ``path``."""
    found = (
        SearchBy(f"{path}.name", "keyed", keyed=BY_NAME),
        SearchBy(f"{path}.kana", "keyed", keyed=BY_KANA),
    )
    if not telephone:
        return found
    number = SearchBy(f"{path}.mobile_phone", "keyed", keyed=BY_TELEPHONE, label=_NUMBER)
    return (*found, number)


def same_reading_and_birth(kana: str | None, birth_on: Any) -> Sequence[int]:
    """Keys of the persons with this reading and birth date that exist for the actor."""
    reading, day = KANA.key(kana), BIRTH.key(birth_on)
    if reading is None or day is None:
        return []
    return _matching(((KANA, reading), (BIRTH, day)), whole=True)


def same_telephone(number: str | None) -> Sequence[int]:
    """Keys of the persons one of whose telephones is this one that exist for the actor."""
    text = TELEPHONE.key(number)
    return [] if text is None else _matching(((TELEPHONE, text),), whole=True)


def sharing_blocks(many: Sequence[Mapping[str, Any]], most: int) -> Sequence[Sequence[int]]:
    """:func:`sharing_a_block` for each of many, in one statement.

    A block as large as a nursing home's telephone is read no further than ``most`` of all of
    them together.
    """
    tokens = [_tokens_of(values) for values in many]
    asked = sorted(set().union(*tokens))
    if not asked:
        return [()] * len(many)
    found: dict[int, set[int]] = {}
    for token, person_id in db.session.execute(_holders(asked, most * len(many))):
        found.setdefault(token, set()).add(person_id)
    near = [Counter(key for token in own for key in found.get(token, ())) for own in tokens]
    return [[key for key, _shared in counts.most_common(most)] for counts in near]


def _holders(tokens: Sequence[int], most: int) -> Select[Any]:
    """(token, person) of whoever has one of the tokens."""
    if db.session.get_bind().dialect.name != "postgresql":
        held: Any = select(PersonPosting.token, PersonPosting.person_id)
        postings: Select[Any] = held.where(PersonPosting.token.in_(tokens)).limit(most)
        return postings
    shares = PersonSearch.tokens.op("&&", is_comparison=True)(tokens)
    each = select(func.unnest(PersonSearch.tokens).label("token"), PersonSearch.person_id)
    rows = each.where(shares).subquery()
    return select(rows.c.token, rows.c.person_id).where(rows.c.token.in_(tokens)).limit(most)


def _tokens_of(values: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(token for key in key_ring().all() for token in block_tokens(key, values))


def sharing_a_block(values: Mapping[str, Any], most: int) -> Sequence[int]:
    """Keys of the persons who share a block with these values (``app.persons.blocks``), those who
    share most first, at most ``most``.

    Tokens alone: whether they exist for the actor is the law's to say, and whether they are alike
    is judged from their values. Nobody is told of a key that comes from here.
    """
    tokens = _tokens_of(values)
    if not tokens:
        return ()
    asked = sorted(tokens)
    if db.session.get_bind().dialect.name == "postgresql":
        tokens_there = PersonSearch.tokens.op("&&", is_comparison=True)(asked)
        rows = db.session.execute(
            select(PersonSearch.person_id, PersonSearch.tokens).where(tokens_there)
        )
        shared = [(len(tokens.intersection(row.tokens)), row.person_id) for row in rows]
        return [key for _count, key in sorted(shared, reverse=True)[:most]]
    found = select(PersonPosting.person_id).where(PersonPosting.token.in_(asked))
    closest_first = func.count().desc()
    grouped = found.group_by(PersonPosting.person_id).order_by(closest_first).limit(most)
    return db.session.scalars(grouped).all()


def _matching(terms: Sequence[tuple[Lookup, str]], *, whole: bool) -> list[int]:
    """Keys of the persons all ``terms`` are true of, newest first, at most ``LARGEST`` + 1."""
    names = [name for lookup, _text in terms for name in lookup.items]
    _require_readable(names)
    columns = [getattr(Person, name) for name in names]
    statement = select(Person.id, *columns).where(_has_tokens(terms, whole=whole))
    # Not the key itself: its index would be walked from the newest person on.
    newest_first = statement.order_by((Person.id + 0).desc()).limit(LARGEST + 1)
    return [
        row["id"]
        for row in db.session.execute(newest_first).mappings()
        if all(lookup.matches(row, text, whole=whole) for lookup, text in terms)
    ]


def _has_tokens(terms: Sequence[tuple[Lookup, str]], *, whole: bool) -> Any:
    """Under each key that is still in use, as not every person may be under the newest yet."""
    find = _by_set if db.session.get_bind().dialect.name == "postgresql" else _by_postings
    asked = (
        [token for lookup, text in terms for token in lookup.asked(key, text, whole=whole)]
        for key in key_ring().all()
    )
    return or_(*(Person.id.in_(find(tokens)) for tokens in asked))


def _by_set(tokens: Sequence[int]) -> Select[Any]:
    has_all = PersonSearch.tokens.op("@>", is_comparison=True)(list(tokens))
    return select(PersonSearch.person_id).where(has_all)


def _by_postings(tokens: Sequence[int]) -> Select[Any]:
    first, *others = (aliased(PersonPosting) for _token in tokens)
    statement = select(first.person_id).where(first.token == tokens[0])
    for posting, token in zip(others, tokens[1:], strict=True):
        same = and_(posting.person_id == first.person_id, posting.token == token)
        statement = statement.join(posting, same)
    return statement


def _require_readable(names: Sequence[str]) -> None:
    """Whoever may not read an item may not ask for it by its tokens either.

    Raises:
        NotAllowed: with no hint of any value.
    """
    actor = current_actor()
    if actor is not None and actor.is_system:
        return
    if not all(may_read(item_of(Person, name), actor) for name in names):
        raise NotAllowed(_l("Your role may not see this item."))
