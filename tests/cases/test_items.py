"""Every item the sources ask for is declared once, in the section and with the marks of 別紙3."""

import re

import pytest

from app.cases.models import ActivityRecord, Case, CaseAccess, LabTest, Stay, Treatment
from app.contacts.models import Contact, ContactExposure
from app.core.items import Item, Privacy, item_of, items_of
from app.core.sections import SECTIONS
from app.followup.models import HealthObservation
from app.notifications.models import Notification
from app.persons.models import Person

MODELS = (
    Person,
    Case,
    CaseAccess,
    LabTest,
    Stay,
    Treatment,
    ActivityRecord,
    Notification,
    Contact,
    ContactExposure,
    HealthObservation,
)
ITEMS = [(f"{m.__name__}.{i.name}", i) for m in MODELS for i in items_of(m)]
# The ◎ rows of 別紙3.
REQUIRED = {48, 49, 51, 54, 55, 59, 61, 63, 65, 71, 72, 73, 77, 78, 79, 80}
OPTIONAL = set(range(48, 81)) - REQUIRED


def _annex(declared: Item) -> set[int]:
    part = re.search(r"別紙3 ([R\d・]+)", declared.source)
    return {int(n) for n in re.findall(r"R(\d+)", part[1])} if part else set()


def test_every_requirement_from_48_to_97_has_an_item() -> None:
    named = {int(n) for _, declared in ITEMS for n in re.findall(r"R(\d+)", declared.source)}
    assert set(range(48, 98)) - named == set()


def test_the_required_rows_of_the_annex_are_marked() -> None:
    marked = {n for _, declared in ITEMS if declared.mark for n in _annex(declared)}
    assert REQUIRED - marked == set()


@pytest.mark.parametrize("number", sorted(OPTIONAL))
def test_the_optional_rows_of_the_annex_are_not_marked(number: int) -> None:
    assert [name for name, i in ITEMS if _annex(i) == {number} and i.mark] == []


def test_every_form_number_from_1_to_19_has_an_item() -> None:
    numbers = {int(n) for _, i in ITEMS for n in re.findall(r"発生届 (\d+)", i.source)}
    assert numbers == set(range(1, 20))


def test_free_text_counts_as_identifying_or_stays_with_the_health_centre() -> None:
    narrow = (Privacy.IDENTIFYING, Privacy.INVESTIGATION)
    assert [n for n, i in ITEMS if i.kind == "long_text" and i.privacy not in narrow] == []


def test_nothing_that_identifies_stands_on_a_case_as_name_or_telephone() -> None:
    assert [i.name for i in items_of(Case) if i.privacy in (Privacy.NAME, Privacy.TELEPHONE)] == []


def test_items_stand_in_the_sections_of_the_annex() -> None:
    assert {i.section for _, i in ITEMS} <= set(SECTIONS)
    assert [s.label.ja for s in SECTIONS[:5]] == [
        "患者・接触者及び支援関係者の基本情報",
        "検査・診断に関する情報",
        "宿泊療養・自宅療養に関する情報",
        "感染源特定・行動歴等に関する情報",
        "発生届に関する情報",
    ]


@pytest.mark.parametrize(("name", "declared"), ITEMS)
def test_every_item_is_complete(name: str, declared: Item) -> None:
    assert declared.label.ja
    assert declared.label.en
    if declared.kind == "reference":
        assert declared.model is not None
        assert hasattr(declared.model, declared.relation), f"{name} has no relationship beside it"
    if declared.codes is not None and declared.max_length is not None:
        assert max(len(value) for value in declared.codes.values) <= declared.max_length


@pytest.mark.parametrize(
    ("heading", "item_name"),
    [
        ("公表_年月日", "published_on"),
        ("発症_年月日", "onset_on"),
        ("確定_年月日", "diagnosed_on"),
        ("患者_居住地", "residence"),
        ("患者_年代", "age_group"),
        ("患者_性別", "sex"),
        ("患者_職業", "occupation_detail"),
        ("患者_状態", "severity"),
        ("患者_症状", "symptoms_other"),
        ("患者_渡航歴の有無フラグ", "travelled"),
        ("患者_接触歴の有無フラグ", "link_known"),
        ("都道府県名", "prefecture_code"),
        ("市区町村名", "municipality_code"),
    ],
)
def test_open_data_headings_are_recognised(heading: str, item_name: str) -> None:
    assert heading in item_of(Case, item_name).aliases
    assert [i.name for i in items_of(Case) if heading in (i.label.ja, *i.aliases)] == [item_name]


def test_no_heading_names_two_items_of_one_model() -> None:
    for model in MODELS:
        headings = [h for i in items_of(model) for h in {i.label.ja, *i.aliases}]
        assert sorted({h for h in headings if headings.count(h) > 1}) == []


def test_the_first_prefecture_never_changes() -> None:
    case = Case(first_prefecture_code="13")
    case.first_prefecture_code = "13"
    with pytest.raises(ValueError, match="never changes"):
        case.first_prefecture_code = "14"
