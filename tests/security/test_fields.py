"""What a role may not read is masked in every record and refused in every statement."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, jsonify
from sqlalchemy import Integer, case, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Bundle, aliased, defer, load_only

from app.api.documents import as_json
from app.cases.models import Case
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.items import items_of
from app.core.transaction import transaction
from app.exports.tables import columns_from_items
from app.followup.models import HealthObservation
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.security.actor import acting_as, system_actor
from app.security.fields import MASKED, may_read
from app.security.roles import ROLES
from tests.support import cast
from tests.support.world import forget

# The hotel reads nothing clinical; 伊藤 of the authority reads no free text: 備考 identifies.
SECRET = "山田 花子について"
OTHER = aliased(Case)
_WHOLE = select(Case).subquery()

NAMING: dict[str, Callable[[], Any]] = {
    "a plain column": lambda: select(Case.severity),
    "a column beside others": lambda: select(Case.id, Case.severity),
    "a label": lambda: select(Case.severity.label("x")),
    "where": lambda: select(Case.id).where(Case.severity == "mild"),
    "where with like": lambda: select(Case.id).where(Case.severity.startswith("mi")),
    "where not empty": lambda: select(Case.id).where(Case.severity.is_not(None)),
    "order": lambda: select(Case.id).order_by(Case.severity),
    "descending order": lambda: select(Case.id).order_by(Case.severity.desc()),
    "order by name": lambda: select(Case).order_by("severity"),
    "group": lambda: select(func.count()).select_from(Case).group_by(Case.severity),
    "having": lambda: select(Case.sex).group_by(Case.sex).having(func.max(Case.severity) > ""),
    "function": lambda: select(func.max(Case.severity)),
    "case": lambda: select(case((Case.severity == "mild", 1), else_=0)).select_from(Case),
    "cast": lambda: select(sql_cast(Case.severity, Integer)),
    "alias": lambda: select(OTHER.severity),
    "where of an alias": lambda: select(OTHER.id).where(OTHER.severity == "mild"),
    "subquery": lambda: select(_WHOLE.c.severity),
    "whole subquery": lambda: select(_WHOLE),
    "alias of a subquery": lambda: select(aliased(Case, _WHOLE).severity),
    "common table expression": lambda: select(select(Case).cte().c.severity),
    "bundle": lambda: select(Bundle("b", Case.severity)),
    "bare column": lambda: select(Case.id, Case.__table__.c.severity),
    "scalar subquery": lambda: select(Case.id, select(func.max(Case.severity)).scalar_subquery()),
}


def _own_case(*options: Any, **execution: Any) -> Case:
    statement = select(Case).where(Case.id == cast.own_episode().case).options(*options)
    found = db.session.scalars(statement.execution_options(**execution)).one()
    assert isinstance(found, Case)
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("statement", NAMING.values(), ids=NAMING)
def test_a_statement_that_names_a_masked_item_is_refused(
    app: Flask, statement: Callable[[], Any]
) -> None:
    with (
        app.app_context(),
        acting_as(cast.actor("goto")),
        pytest.raises((NotAllowed, RuntimeError)),
    ):
        db.session.execute(statement()).all()


def test_the_item_is_masked_however_the_record_came(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("ito")):
        forget()
        record = _own_case()
        assert record.remarks is MASKED
        db.session.refresh(record)
        assert record.remarks is MASKED
        db.session.refresh(record, ["remarks"])
        assert record.remarks is MASKED
        db.session.expire(record)
        assert record.remarks is MASKED
        db.session.expire(record, ["remarks"])
        assert record.remarks is MASKED
        assert _own_case(populate_existing=True).remarks is MASKED
        for option in (defer(Case.remarks), load_only(Case.id)):
            forget()
            assert _own_case(option).remarks is MASKED
        forget()
        partly = _own_case(load_only(Case.id))
        assert _own_case().remarks is MASKED
        assert partly.remarks is MASKED
        forget()
        assert db.session.scalars(select(aliased(Case, _WHOLE))).first().remarks is MASKED
        assert record.sex == "female"


def test_nothing_masked_leaves_by_json_cell_or_file(app: Flask) -> None:
    with app.test_request_context(), acting_as(cast.actor("ito")):
        forget()
        record = _own_case()
        assert "remarks" not in as_json(record)
        assert SECRET not in jsonify(as_json(record)).get_data(as_text=True)
        cell = cell_of(path_of(Case, "remarks"), record)
        assert cell.masked
        assert cell.text == ""
        columns = columns_from_items(items_of(Case))
        assert "備考" in "".join(columns.left_out)
        for column in columns.written:
            assert SECRET not in str(column.value(record))
        every = columns_from_items(items_of(Case), readable=lambda _: True)
        assert SECRET not in "".join(str(column.value(record)) for column in every.written)


def test_a_record_shows_each_actor_what_that_actor_reads(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            for who, expected in (("ito", MASKED), ("aoki", SECRET)):
                forget()
                with acting_as(cast.actor(who)):
                    assert _own_case().remarks == expected


def test_an_item_the_role_may_not_write_stays_as_it_was(app: Flask) -> None:
    with app.app_context():
        for who, name, value in (
            ("ito", "sex", "male"),
            ("ito", "remarks", "x"),
            ("goto", "onset_on", None),
            ("goto", "remarks", None),
        ):
            forget()
            with acting_as(cast.actor(who)), pytest.raises(NotAllowed), transaction():
                setattr(_own_case(), name, value)
        with acting_as(system_actor("test")):
            assert _own_case(populate_existing=True).remarks == SECRET


def test_what_a_role_cannot_read_survives_its_edit(app: Flask) -> None:
    """The hotel corrects a temperature; the remarks it never sees are still there."""
    with app.app_context():
        key = cast.own_episode().observation
        items = {item.name: item for item in items_of(HealthObservation)}
        hotel = cast.actor("goto")
        hidden = [name for name, item in items.items() if not may_read(item, hotel)]
        assert "remarks" in hidden
        forget()
        with acting_as(hotel), transaction():
            record = db.session.get(HealthObservation, key)
            assert record is not None
            assert record.remarks is MASKED
            record.temperature = 37
        forget()
        with acting_as(system_actor("test")):
            record = db.session.get(HealthObservation, key)
            assert record is not None
            assert (record.temperature, record.remarks) == (37, "山田 花子の様子")


def test_no_role_writes_what_it_cannot_read() -> None:
    for name, role in ROLES.items():
        assert role.writes <= role.reads, name
