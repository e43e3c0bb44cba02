"""Keeps the search keys of every person true, whichever door a change came through."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    event,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state

from app.core.bulk import execute_many, insert_many, inserting
from app.core.crypto.keys import Key, key_ring
from app.core.crypto.rotation import Follower, follow_rotation
from app.persons.lookups import FORM, SEARCHED, tokens_of
from app.persons.models import Person, PersonPosting, PersonSearch

_PERSON: Table = Person.__table__
_SEARCH: Table = PersonSearch.__table__
_POSTING: Table = PersonPosting.__table__


def keep_search_keys() -> None:
    """Follow every insert, update and delete of a person."""
    for name, listener in (
        ("after_insert", _inserted),
        ("after_update", _updated),
        ("before_delete", _deleted),
    ):
        if not event.contains(Person, name, listener):
            event.listen(Person, name, listener)
    follow_rotation(Follower("search keys of persons", _counts, _renew))


def write_search_keys(
    connection: Connection, persons: Sequence[Mapping[str, Any]], *, to_compare: bool = True
) -> None:
    """Search keys of persons that have none yet: rows with ``id`` and the searched items.

    ``to_compare``: False for people who need not be looked for among the others.
    """
    key = key_ring().current()
    common = _made_new(key) | {"to_compare": to_compare}
    rows = [
        {"person_id": person["id"], "tokens": tokens_of(key, person)} | common for person in persons
    ]
    insert_many(connection, _SEARCH, rows)
    _post(connection, rows)


def renew_search_keys(connection: Connection, rows: Sequence[Any], key: Key) -> None:
    """Make the tokens of these rows of ``person_search`` anew under ``key``.

    A person saved meanwhile has new tokens already and is left alone.
    """
    people = {person["id"]: person for person in _searched(connection, [r.person_id for r in rows])}
    former = {row.person_id: row for row in rows if row.person_id in people}
    wanted = {person_id: tokens_of(key, people[person_id]) for person_id in former}
    unchanged = and_(
        _SEARCH.c.person_id == bindparam("of_person"),
        _SEARCH.c.key_id == bindparam("was_key"),
        _SEARCH.c.tokens == bindparam("was_tokens", type_=_SEARCH.c.tokens.type),
    )
    renewed = {
        "key_id": key.id,
        "tokens": bindparam("now_tokens", type_=_SEARCH.c.tokens.type),
        # With other tokens other people are found; under another key the same ones.
        "to_compare": or_(_SEARCH.c.to_compare, _SEARCH.c.form != FORM),
        "form": FORM,
    }
    parameters = [
        {
            "of_person": person_id,
            "was_key": row.key_id,
            "was_tokens": row.tokens,
            "now_tokens": wanted[person_id],
        }
        for person_id, row in former.items()
    ]
    if not parameters:
        return
    connection.execute(update(_SEARCH).where(unchanged).values(renewed), parameters)
    if connection.dialect.name == "sqlite":
        # From the update on nobody else writes: what is under the key now stays so.
        now = select(_SEARCH).where(_SEARCH.c.person_id.in_(list(former)))
        mine = [r for r in connection.execute(now) if r.tokens == wanted[r.person_id]]
        _forget(connection, [(r.person_id, former[r.person_id].tokens) for r in mine])
        _post(connection, [{"person_id": r.person_id, "tokens": r.tokens} for r in mine])


def renew_older_forms(session: Session, limit: int) -> int:
    """Make tokens of an older form anew; how many were found. For upgrades, bit by bit."""
    older = select(_SEARCH).where(_SEARCH.c.form < FORM).limit(limit)
    rows = session.connection().execute(older).all()
    renew_search_keys(session.connection(), rows, key_ring().current())
    return len(rows)


def _made_new(key: Key) -> dict[str, Any]:
    return {"key_id": key.id, "form": FORM, "to_compare": True}


def _counts(session: Session) -> Counter[int]:
    by_key = select(_SEARCH.c.key_id, func.count().label("persons")).group_by(_SEARCH.c.key_id)
    return Counter({row.key_id: row.persons for row in session.connection().execute(by_key)})


def _renew(session: Session, key: Key, limit: int) -> int:
    # Two ranges and no "other than", which would not keep to the index.
    other = or_(_SEARCH.c.key_id < key.id, _SEARCH.c.key_id > key.id)
    stale = select(_SEARCH).where(other).limit(limit)
    rows = session.connection().execute(stale).all()
    renew_search_keys(session.connection(), rows, key)
    return len(rows)


def _inserted(mapper: Mapper[Any], connection: Connection, person: Person) -> None:
    values = instance_state(person).dict
    write_search_keys(connection, [{name: values.get(name) for name in ("id", *SEARCHED)}])


def _updated(mapper: Mapper[Any], connection: Connection, person: Person) -> None:
    state = instance_state(person)
    if not any(state.attrs[name].history.has_changes() for name in SEARCHED):
        return
    # Some items may not be loaded, or masked for who saves: the row has them all.
    values = _searched(connection, [person.id])[0]
    former = connection.execute(
        select(_SEARCH.c.tokens).where(_SEARCH.c.person_id == person.id)
    ).scalar_one_or_none()
    if former is None:
        write_search_keys(connection, [values])
        return
    key = key_ring().current()
    row: dict[str, Any] = {"person_id": person.id, "tokens": tokens_of(key, values)}
    changed = update(_SEARCH).where(_SEARCH.c.person_id == person.id)
    connection.execute(changed.values(tokens=row["tokens"], **_made_new(key)))
    _forget(connection, [(person.id, former)])
    _post(connection, [row])


def _deleted(mapper: Mapper[Any], connection: Connection, person: Person) -> None:
    drop_search_keys(connection, person.id)


def drop_search_keys(connection: Connection, person_id: int) -> None:
    """Let nobody find the person any more (deleted, or anonymised)."""
    gone = delete(_SEARCH).where(_SEARCH.c.person_id == person_id).returning(_SEARCH.c.tokens)
    former = connection.execute(gone).scalar_one_or_none()
    _forget(connection, [(person_id, former or ())])


def _searched(connection: Connection, ids: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    columns = (_PERSON.c.id, *(_PERSON.c[name] for name in SEARCHED))
    found = connection.execute(select(*columns).where(_PERSON.c.id.in_(ids))).mappings()
    return [dict(row) for row in found]


def _post(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    if connection.dialect.name != "sqlite":
        return
    # In the order they lie in: neighbours fall into one page of the table.
    pairs = sorted((token, row["person_id"]) for row in rows for token in row["tokens"])
    columns = {"token": [pair[0] for pair in pairs], "person_id": [pair[1] for pair in pairs]}
    execute_many(connection, inserting(_POSTING, "sqlite", known_ignored=True), columns)


def _forget(connection: Connection, former: Iterable[tuple[int, Iterable[int]]]) -> None:
    if connection.dialect.name != "sqlite":
        return
    statement = delete(_POSTING).where(
        _POSTING.c.person_id == bindparam("of_person"), _POSTING.c.token == bindparam("of_token")
    )
    pairs = [
        {"of_person": person_id, "of_token": token}
        for person_id, tokens in former
        for token in tokens
    ]
    if pairs:
        connection.execute(statement, pairs)
