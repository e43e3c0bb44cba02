"""Columns made from declared items."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from app.core.items import Item, Privacy, Section
from app.core.labels import YES_NO_UNKNOWN, CodeList, Label
from app.exports.tables import columns_from_items
from app.security.actor import Actor, acting_as
from app.security.fields import MASKED
from app.security.roles import RoleName

SECTION = Section("s", 1, Label("区分", "Section"))
SYMPTOMS = CodeList("symptoms", ("fever", "発熱", "Fever"), ("cough", "咳", "Cough"))
SUPERVISOR = Actor(5, "doi", RoleName.PREFECTURE_SUPERVISOR, 1, 1, "13")
CLERK = Actor(1, "aoki", RoleName.HEALTH_CENTRE_CLERK, 1, 1, "13")


def an_item(name: str, kind: str, privacy: Privacy = Privacy.OPERATIONAL, **more: Any) -> Item:
    return Item(Label(f"項目{name}", name), SECTION, privacy, kind=kind, name=name, **more)


def value(item: Item, row: Any, through: str | None = None) -> Any:
    with acting_as(CLERK):
        (column,) = columns_from_items([item], through=through).written
    return column.value(row)


def test_values_are_worded_as_on_the_pages() -> None:
    row = SimpleNamespace(
        onset_on=date(2021, 8, 20),
        at=datetime(2021, 8, 20, 3, 0, tzinfo=UTC),
        smoker="unknown",
        symptoms=("fever", "cough"),
        ready=False,
        centre=Label("新宿区保健所", "Shinjuku"),
        none=None,
    )
    assert value(an_item("onset_on", "date"), row) == date(2021, 8, 20)
    assert value(an_item("at", "instant"), row) == datetime.fromisoformat("2021-08-20T12:00")
    assert value(an_item("smoker", "code", codes=YES_NO_UNKNOWN), row) == "不明"
    assert value(an_item("symptoms", "codes", codes=SYMPTOMS), row) == "発熱、咳"
    assert value(an_item("ready", "boolean"), row) == "いいえ"
    assert value(an_item("centre_id", "reference", reference="Institution"), row) == "新宿区保健所"
    assert value(an_item("none", "text"), row) is None


def test_items_behind_a_relationship_are_reached() -> None:
    row = SimpleNamespace(person=SimpleNamespace(kana="ヤマダ"), nobody=None)
    assert value(an_item("kana", "text"), row, through="person") == "ヤマダ"
    assert value(an_item("kana", "text"), row, through="nobody") is None


def test_an_item_the_role_may_not_read_is_left_out_and_named() -> None:
    items = [an_item("number", "text"), an_item("kana", "text", Privacy.NAME)]
    with acting_as(SUPERVISOR):
        columns = columns_from_items(items)
    assert [str(column.label) for column in columns.written] == ["項目number"]
    assert columns.left_out == ("項目kana",)


def test_a_value_masked_in_one_row_is_not_an_empty_cell() -> None:
    assert value(an_item("number", "text"), SimpleNamespace(number=MASKED)) == "非表示"


def test_nobody_takes_out_nothing() -> None:
    assert columns_from_items([an_item("number", "text")]).written == ()
