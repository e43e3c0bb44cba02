"""An item added to a model in one line is everywhere at once.

The line is one of ``LINES``; the test asks for it in the list, the record's page, both forms,
the data dictionary, the heading of a file and the interface for programs.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text
from sqlalchemy.orm import Mapped, relationship

from app import laws
from app.api import resource_views
from app.api.resource_views import api_of
from app.audit import history
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Privacy, item, items_of
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import DIAGNOSIS
from app.core.transaction import transaction
from app.exports.tables import columns_from_items
from app.generated import views
from app.generated.interface import PortalInterface
from app.generated.views import VIEWS, GeneratedView, register
from app.institutions.models import Institution
from app.security import roles, rows
from app.security.actor import acting_as, system_actor
from app.security.roles import RoleName
from tests.support import cast
from tests.support.database import Prepared, SqliteDatabase
from tests.support.models import forget_model
from tests.support.reading import form_of

RESOURCE = "one_line"


def _line(*type_: Any, ja: str, **options: Any) -> Any:
    return item(
        *type_, ja=ja, en=f"{ja} en", section=DIAGNOSIS, privacy=Privacy.CLINICAL, **options
    )


def make_model() -> type[Any]:
    """A table with one item of each kind; the portal knows nothing of it."""

    class OneLine(Record, db.Model):
        __tablename__ = "one_line"

        a_text: Mapped[str | None] = _line(String(20), ja="語の項目", source="別紙9")
        a_long_text: Mapped[str | None] = _line(Text, ja="文の項目")
        a_day: Mapped[date | None] = _line(Date, ja="日の項目")
        an_instant: Mapped[datetime | None] = _line(UtcDateTime, ja="時の項目")
        a_number: Mapped[int | None] = _line(Integer, ja="数の項目", minimum=0, maximum=99)
        a_decimal: Mapped[Decimal | None] = _line(Numeric(4, 1), ja="小数の項目")
        an_answer: Mapped[bool | None] = _line(Boolean, ja="是非の項目")
        a_code: Mapped[str | None] = _line(String(8), ja="符号の項目", codes=YES_NO_UNKNOWN)
        many_codes: Mapped[tuple[str, ...] | None] = _line(
            CodeSet, ja="複数の項目", codes=YES_NO_UNKNOWN
        )
        an_institution_id: Mapped[int | None] = _line(
            Integer, ja="機関の項目", reference="Institution", foreign_key="institution.id"
        )
        an_institution: Mapped[Institution | None] = relationship()

        def __str__(self) -> str:
            return f"#{self.id}"

    return OneLine


def make_view(model: type[Any]) -> type[GeneratedView]:
    """A view that says nothing but names."""

    class OneLineView(GeneratedView):
        datamodel = PortalInterface(model)
        class_permission_name = RESOURCE
        route_base = "/one-line"
        title_label = Label("一行", "One line")
        list_items = tuple(declared.name for declared in items_of(model))

    return OneLineView


# what is typed, what the pages show, what programs get
VALUES: dict[str, tuple[str, str, Any]] = {
    "a_text": ("ことば", "ことば", "ことば"),
    "a_long_text": ("長い文", "長い文", "長い文"),
    "a_day": ("R3.8.10", "2021/08/10", "2021-08-10"),
    "an_instant": ("2021/8/10 9:05", "2021/08/10 09:05", "2021-08-10T00:05:00+00:00"),
    "a_number": ("42", "42", 42),
    "a_decimal": ("36.5", "36.5", 36.5),
    "an_answer": ("yes", "はい", True),
    "a_code": ("unknown", "不明", "unknown"),
    "many_codes": ("no", "無", ["no"]),
}


@pytest.fixture(scope="module")
def one_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The portal of the tests with one more table and one more view, taken away afterwards."""
    patch = pytest.MonkeyPatch()
    clerk = roles.ROLES[RoleName.HEALTH_CENTRE_CLERK]
    wider = roles.Role(
        clerk.label,
        clerk.reads,
        clerk.writes,
        {**clerk.doors, RESOURCE: frozenset({"list", "show", "add", "edit"})},
    )
    wider_roles = MappingProxyType({**roles.ROLES, RoleName.HEALTH_CENTRE_CLERK: wider})
    for module in (roles, views, resource_views):
        patch.setattr(module, "ROLES", wider_roles)
    model = make_model()
    rows.public_master(model, reason="a table of the tests")
    history.historied(model, as_=RESOURCE)
    laws.enact_laws()
    directory = tmp_path_factory.mktemp("one_line")
    prepared = Prepared(SqliteDatabase(directory), directory, fillers=(partial(_fill, model),))
    yield prepared
    patch.undo()
    VIEWS.pop(RESOURCE, None)
    forget_model(model)


def _fill(model: type[Any], app: Flask) -> None:
    view = app.appbuilder.add_view_no_menu(make_view(model))
    register(view)
    app.appbuilder.add_view_no_menu(api_of(type(view)))
    db.metadata.create_all(db.engine)
    cast.fill(app)


@pytest.fixture
def aoki(one_line: Prepared, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    one_line.restore()
    monkeypatch.setitem(one_line.app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(one_line.app.config, "PROPAGATE_EXCEPTIONS", True)
    return cast.sign_in(one_line.app.test_client(), "aoki")


def model() -> type[Any]:
    """The model behind the view, as long as the portal has it."""
    return VIEWS[RESOURCE].model


def _label(name: str) -> str:
    return next(i.label.ja for i in items_of(model()) if i.name == name)


@pytest.mark.parametrize("name", VALUES)
def test_one_line_is_a_field_a_column_a_value_and_a_definition(
    aoki: FlaskClient, name: str
) -> None:
    typed, shown, plain = VALUES[name]
    form = aoki.get("/one-line/add").text
    assert _label(name) in form
    answer = aoki.post("/one-line/add", data=form_of(form) | {name: typed})
    assert answer.status_code == 303, answer.text
    show = answer.headers["Location"]
    key = int(show.rpartition("/")[2])
    page = aoki.get(show).text
    assert _label(name) in page
    assert shown in page
    listed = aoki.get("/one-line/list/").text
    assert _label(name) in listed
    assert shown in listed
    edit = aoki.get(f"/one-line/edit/{key}").text
    assert _label(name) in edit
    assert aoki.post(f"/one-line/edit/{key}", data=form_of(edit)).status_code == 303
    assert shown in aoki.get(show).text
    assert _label(name) in aoki.get("/dictionary/").text
    record = aoki.get(f"/api/v1/{RESOURCE}/{key}").get_json()["result"]
    assert record[name] == plain
    schema = aoki.get("/api/v1/openapi.json").get_json()["components"]["schemas"]["OneLine"]
    assert schema["properties"][name]["title"] == _label(name)


def test_a_reference_is_chosen_shown_and_kept(aoki: FlaskClient, one_line: Prepared) -> None:
    with one_line.app.app_context(), acting_as(cast.actor("aoki")):
        centre = next(iter(db.session.query(Institution).filter_by(code="hc-shinjuku")))
        key, name = centre.id, centre.name
    form = form_of(aoki.get("/one-line/add").text)
    chosen = {"an_institution_id": str(key), "an_institution_id_text": name}
    answer = aoki.post("/one-line/add", data=form | chosen)
    assert answer.status_code == 303
    show = answer.headers["Location"]
    assert name in aoki.get(show).text
    assert name in aoki.get("/one-line/list/").text
    wrong = {"an_institution_id": "987654", "an_institution_id_text": "どこにもない"}
    refused = aoki.post("/one-line/add", data=form_of(aoki.get("/one-line/add").text) | wrong)
    assert refused.status_code == 422
    assert "どこにもない" in refused.text


def test_the_heading_and_the_value_of_a_file_come_from_the_line(one_line: Prepared) -> None:
    with one_line.app.app_context(), acting_as(system_actor("test")):
        with transaction() as session:
            record = model()(
                a_text="ことば",
                an_answer=True,
                a_code="no",
                an_instant=datetime(2021, 8, 10, tzinfo=UTC),
            )
            session.add(record)
        columns = columns_from_items(items_of(model())).written
        headings = [str(column.label) for column in columns]
        assert headings == [i.label.ja for i in items_of(model())]
        row = {str(column.label): column.value(record) for column in columns}
        assert row["語の項目"] == "ことば"
        assert row["是非の項目"] == "はい"
        assert row["符号の項目"] == "無"
        assert row["時の項目"] == datetime(2021, 8, 10, 9, 0)  # noqa: DTZ001 - a cell has no zone


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("a_day", "2021/2/30"),
        ("an_instant", "いつか"),
        ("a_number", "100"),
        ("a_number", "九"),
        ("a_decimal", "1000"),
        ("a_decimal", "36.55"),
        ("a_code", "maybe"),
        ("many_codes", "maybe"),
        ("a_text", "あ" * 21),
        ("an_answer", "maybe"),
    ],
)
def test_what_the_line_does_not_allow_is_refused_and_kept(
    aoki: FlaskClient, name: str, typed: str
) -> None:
    form = form_of(aoki.get("/one-line/add").text)
    answer = aoki.post("/one-line/add", data=form | {name: typed, "a_long_text": "残る"})
    assert answer.status_code == 422
    assert "残る" in answer.text
    if name not in {"a_code", "many_codes", "an_answer"}:
        assert typed in answer.text
