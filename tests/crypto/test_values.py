"""A value opens where it was written, under its key, byte for byte; otherwise not at all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    create_engine,
    insert,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from app.core.crypto.keys import EXTENSION, KeyRing, new_entry
from app.core.crypto.sealing import Unreadable, key_id_of, seal, unseal
from app.core.crypto.types import Encrypted
from app.core.db import CodeSet, UtcDateTime

ONE, TWO = new_entry(1), new_entry(2)
KANJI = "𠮷野家 辻\U000e0100 葛\U000e0101飾 😷👨‍👩‍👧"


@pytest.fixture
def context() -> Iterator[Flask]:
    app = Flask("keys")
    app.extensions[EXTENSION] = KeyRing(f"{TWO},{ONE}")
    with app.app_context():
        yield app


def use(app: Flask, entries: str) -> None:
    app.extensions[EXTENSION] = KeyRing(entries)


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        (String(100), "山田 花子"),
        (String(100), ""),
        (Text, "改行\n\tと　空白"),
        (Text, KANJI),
        (Text, "長い" * 20_000),
        (Date, date(1955, 4, 30)),
        (Date, date(1, 1, 1)),
        (UtcDateTime, datetime(2021, 8, 20, 3, 4, 5, 678, tzinfo=UTC)),
        (Integer, -7),
        (Numeric(5, 1), Decimal("38.0")),
        (Boolean, False),
        (CodeSet, ("fever", "cough")),
        (CodeSet, ()),
        (JSON, {"氏名": [None, "山田"], "n": 1, "x": []}),
        (JSON, {}),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(
    context: Flask, inner: TypeEngine[Any], value: Any
) -> None:
    engine = create_engine("sqlite://")
    table = Table(
        "t", MetaData(), Column("id", Integer, primary_key=True), Column("v", Encrypted(inner))
    )
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{"id": 1, "v": value}, {"id": 2, "v": None}])
        assert connection.scalars(select(table.c.v).order_by(table.c.id)).all() == [value, None]
        stored, nothing = connection.scalars(
            select(type_coerce(table.c.v, LargeBinary)).order_by(table.c.id)
        )
        assert nothing is None
        assert key_id_of(stored) == 2
        if isinstance(value, str) and value:
            assert value.encode() not in stored
        empty = select(table.c.id).where(table.c.v.is_(None))
        assert connection.scalars(empty).all() == [2]
    engine.dispose()


def test_the_same_value_never_looks_the_same(context: Flask) -> None:
    assert len({seal("山田".encode(), "person.name") for _ in range(100)}) == 100


def test_a_value_carried_to_another_column_or_table_does_not_open(context: Flask) -> None:
    stored = seal(b"x", "person.name")
    assert unseal(stored, "person.name") == b"x"
    for place in ("person.kana", "contact.name", "person.nam", ""):
        with pytest.raises(Unreadable):
            unseal(stored, place)


def test_no_byte_can_be_changed_taken_away_or_added(context: Flask) -> None:
    stored = seal(b"secret", "person.name")
    forged = [stored[:n] + bytes((stored[n] ^ 1,)) + stored[n + 1 :] for n in range(len(stored))]
    forged += [stored[:n] for n in range(len(stored))]
    forged += [stored + b"\0", b"\xff" * 40, "山田".encode()]
    for bad in forged:
        with pytest.raises(Unreadable) as raised:
            unseal(bad, "person.name")
        assert str(raised.value) == "a stored value of person.name cannot be opened"
        assert raised.value.__cause__ is None


def test_an_older_key_still_opens_and_an_unknown_or_wrong_one_does_not(context: Flask) -> None:
    use(context, ONE)
    old = seal(b"x", "person.name")
    use(context, f"{TWO},{ONE}")
    assert unseal(old, "person.name") == b"x"
    use(context, TWO)
    with pytest.raises(Unreadable):
        unseal(old, "person.name")
    use(context, new_entry(1))
    with pytest.raises(Unreadable):
        unseal(old, "person.name")


def test_ciphertext_is_never_compared_sorted_or_searched(context: Flask) -> None:
    column = Table("t", MetaData(), Column("v", Encrypted(String))).c.v
    for ask in (
        lambda: column == "x",
        lambda: column != "x",
        lambda: column < "x",
        lambda: column.in_(["x"]),
        lambda: column.startswith("x"),
        column.desc,
        lambda: column + "x",
        lambda: literal_column("1") == column,
    ):
        with pytest.raises(RuntimeError):
            ask()


def test_a_type_without_a_column_writes_nothing(context: Flask) -> None:
    with pytest.raises(RuntimeError):
        Encrypted(String).process_bind_param("x", None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Encrypted(LargeBinary)
