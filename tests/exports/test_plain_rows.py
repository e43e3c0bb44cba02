"""Rows read as plain values say exactly what the records themselves would say to the reader."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from app.cases.models import Case
from app.core.db import db
from app.core.items import item_of
from app.core.transaction import transaction
from app.exports.registry import plan_for
from app.exports.rows import words_of
from app.exports.service import rows_of
from app.exports.tables import column_of
from app.generated.views import VIEWS
from app.persons.models import Person
from app.security import rows
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("who", ["aoki", "doi"])
def test_every_cell_is_what_the_record_says(who: str) -> None:
    by, view = cast.actor(who), VIEWS["case"]
    fill_in()
    with acting_as(by):
        plan = plan_for("case", {})
        found = [row for batch in rows_of(db.session(), plan) for row in batch]
        statement, key = view.list_statement(by)
        records = db.session.scalars(statement.order_by(key.desc())).all()
        paths = view.readable(view.shown, by)
        through = [path.steps[0].key if path.steps else None for path in paths]
        columns = [
            column_of(path.item, through=step) for path, step in zip(paths, through, strict=True)
        ]
        assert found == [tuple(column.value(record) for column in columns) for record in records]
        assert len(found) > 0
        hidden = [path for path in view.shown if path not in paths]
        assert plan.columns.left_out == tuple(str(path.item.label) for path in hidden)
        assert ("氏名" in plan.columns.left_out) is (who == "doi")


@pytest.mark.usefixtures("inside")
@pytest.mark.one_database
def test_a_person_who_does_not_exist_for_the_reader_is_masked_and_not_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody(_actor: Actor) -> object:
        return Person.__table__.c.id < 0

    monkeypatch.setitem(rows._laws, Person, nobody)
    rows.laws_of.cache_clear()
    with acting_as(cast.actor("aoki")):
        plan = plan_for("case", {})
        at = [str(column.label) for column in plan.columns.written].index("氏名")
        cells = {row[at] for batch in rows_of(db.session(), plan) for row in batch}
    rows.laws_of.cache_clear()
    assert cells == {"非表示"}


@pytest.mark.usefixtures("inside")
@pytest.mark.one_database
def test_a_name_is_read_once_however_many_rows_carry_it() -> None:
    named = words_of(item_of(Case, "disease_id"))
    with acting_as(cast.actor("aoki")):
        first = named([1, None, 1, 99_999])
    assert first[1] is None
    assert first[0] == first[2] != ""
    assert first[3] == "非表示"
    # Outside any actor nothing could be read: these are known already.
    assert named([None, 1]) == [None, first[0]]


def fill_in() -> None:
    """A value of every kind in every case of the list."""
    values = {
        "symptoms": ("fever", "cough"),
        "severity": "mild",
        "onset_on": date(2021, 8, 1),
        "remarks": "=1+1",
    }
    with acting_as(system_actor("test")), transaction() as session:
        session.connection().execute(update(Case.__table__).values(values))
