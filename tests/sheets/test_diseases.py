"""The workbook of every disease: laid out, filled in, judged and returned as its form asks."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidInput
from app.core.workbooks.reading import keyed_sheet
from app.notifications.layout import LINES, is_on_form
from app.notifications.models import Notification
from app.security.actor import acting_as
from app.sheets import service
from app.sheets.layout import NOTIFICATION_SHEET
from tests.notifications.samples import option
from tests.sheets.test_workbook import blank, kept, notifications, returned, submitted
from tests.sheets.workbooks import SOUND, changed, columns, filled, marks, opened, person, saved
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")

_COVID_ONLY = ("symptoms", "diagnosis_methods", "infection_route", "hospitalised_at_notification")
COMMON: dict[str, Any] = {
    name: value
    for name, value in SOUND.items()
    if name not in _COVID_ONLY and not name.startswith("test_")
} | {"test_sample_collected_on": "2021/8/18", "test_sample_result": "陽性"}
CHOSEN = COMMON | {
    "symptoms": "発熱、コプリック斑、結膜充血、眼脂",
    "diagnosis_methods": "血清IgM抗体の検出",
    "specimens": "血液",
    "infection_route": "飛沫・飛沫核感染",
}
WRITTEN = COMMON | {
    "symptoms_other": "発熱、発疹、リンパ節腫脹",
    "diagnosis_methods_other": "血清IgM抗体の検出",
    "specimens_other": "血液",
    "route_detail": "職場での接触",
}
MEASLES = (
    ("symptom", "発熱"),
    ("symptom", "コプリック斑"),
    ("symptom", "結膜充血、眼脂"),
    ("method", "血清IgM抗体の検出"),
    ("specimen", "血液"),
    ("route", "飛沫・飛沫核感染"),
)


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> object:
    with app.test_request_context():
        yield


def register_measles() -> None:
    for kind, label in MEASLES:
        option("measles", kind, label)


def sheet_of(content: bytes) -> Worksheet:
    return opened(content)["入力"]


def offered(content: bytes, key: str) -> list[str]:
    """The words of the drop-down list of a column."""
    book = opened(content)
    sheet = book["入力"]
    letter = sheet.cell(4, columns(sheet)[key]).column_letter
    lists = [v for v in sheet.data_validations.dataValidation if f"{letter}4" in v.sqref]
    assert [v.type for v in lists] == ["list"], key
    area = lists[0].formula1.lstrip("=").replace("一覧!", "").replace("$", "")
    return [str(line[0].value) for line in book["一覧"][area]]


def sent() -> list[Notification]:
    statement = select(Notification).where(Notification.entry_way == "workbook")
    return list(db.session.scalars(statement.order_by(Notification.id)))


def test_registered_options_are_lists_and_unregistered_ones_free_words() -> None:
    register_measles()
    by = cast.actor("endo")
    measles, rubella = blank(by, "measles"), blank(by, "rubella")
    assert offered(measles, "symptoms") == ["発熱", "コプリック斑", "結膜充血、眼脂"]
    assert offered(measles, "specimens") == ["血液"]
    assert offered(measles, "infection_route") == ["飛沫・飛沫核感染"]
    free = sheet_of(rubella)
    places = columns(free)
    assert {"symptoms", "diagnosis_methods", "specimens", "infection_route"}.isdisjoint(places)
    assert free.cell(3, places["symptoms_other"]).value == "11　診断時の症状　◎"
    assert free.cell(3, places["diagnosis_methods_other"]).value == "12　診断方法　◎"
    general = {name for name, line in LINES.items() if is_on_form(line, "general")}
    assert set(columns(sheet_of(measles))) - {"row_result", "row_confirmed"} == general - {
        "institution_id"
    }
    told = [str(line[0].value) for line in opened(rubella)["記入の説明"].iter_rows(max_row=5)]
    assert "風しん" in told[0]
    assert "直ちに" in told[2]


def test_each_workbook_is_submitted_for_its_own_disease() -> None:
    register_measles()
    by = cast.actor("endo")
    for family, row in (("measles", CHOSEN), ("rubella", WRITTEN)):
        book = kept(by, filled(blank(by, family), [row]))
        with acting_as(by):
            assert book.counts == {"ready": 1}, book.outcomes
            assert book.disease.family == family
        assert submitted(by, book).counts == {"submitted": 1}
    with acting_as(by):
        first, second = sent()
        assert (first.disease.code, first.form_version) == ("measles", "general")
        assert first.case.symptoms == ("発熱", "コプリック斑", "結膜充血、眼脂")
        assert (second.disease.code, second.symptoms) == ("rubella", ("other",))
        assert second.symptoms_other == "発熱、発疹、リンパ節腫脹"
        assert [test.result for test in second.case.lab_tests] == ["positive"]


def test_faults_come_back_marked_in_the_columns_of_the_disease() -> None:
    register_measles()
    by = cast.actor("endo")
    faults = (
        ("symptoms", "くしゃみ病"),
        ("specimens", "涙"),
        ("infection_route", None),
        ("test_sample_collected_on", "2021/13/1"),
        ("test_sample_result", "たぶん"),
        ("onset_on", "2021/9/1"),
    )
    rows = [CHOSEN | person(n) | {key: wrong} for n, (key, wrong) in enumerate(faults)]
    sheet = blank(by, "measles")
    book = kept(by, filled(sheet, [*rows, CHOSEN | person(9)]))
    assert book.counts == {"refused": 6, "ready": 1}
    back = returned(by, book)
    assert set(marks(back)) == {(4 + n, key) for n, (key, _wrong) in enumerate(faults)}
    right = {(4 + n, key): CHOSEN[key] for n, (key, _wrong) in enumerate(faults)}
    again = kept(by, changed(back, right))
    with acting_as(by):
        assert (again.disease.family, again.counts) == ("measles", {"ready": 7})
    rubella = kept(by, filled(blank(by, "rubella"), [WRITTEN | {"symptoms_other": None}]))
    assert set(marks(returned(by, rubella))) == {(4, "symptoms_other")}


def test_the_same_workbook_sent_twice_changes_nothing() -> None:
    by = cast.actor("endo")
    content = filled(blank(by, "rubella"), [WRITTEN | person(1), WRITTEN | person(2)])
    assert submitted(by, kept(by, content)).counts == {"submitted": 2}
    before = notifications()
    again = submitted(by, kept(by, content))
    assert again.counts == {"existing": 2}
    assert notifications() == before
    told = changed(content, {(4, "symptoms_other"): "発熱のみ"})
    assert kept(by, told).counts == {"changed": 1, "existing": 1}


def test_a_row_carried_into_the_workbook_of_another_disease_is_a_row_of_its_own() -> None:
    by = cast.actor("endo")
    rubella = filled(blank(by, "rubella"), [WRITTEN])
    submitted(by, kept(by, rubella))
    carried = opened(filled(blank(by, "measles"), [WRITTEN]))
    carried["入力"]["A4"].value = sheet_of(rubella)["A4"].value
    found = kept(by, saved(carried))
    assert found.counts == {"ready": 1}
    assert submitted(by, found).counts == {"submitted": 1}
    with acting_as(by):
        assert [one.disease.code for one in sent()] == ["rubella", "measles"]
    assert kept(by, saved(carried)).counts == {"existing": 1}


@pytest.mark.parametrize("word", ["no_such_disease", "influenza", "麻しん", "measles:rubella"])
def test_a_word_that_is_no_disease_of_each_case_is_refused_in_a_sentence(word: str) -> None:
    by = cast.actor("endo")
    book = opened(filled(blank(by, "measles"), [WRITTEN]))
    corner = book["入力"]["A1"]
    assert str(corner.value).endswith(":measles")
    corner.value = str(corner.value).replace(":measles", f":{word}")
    sheet = keyed_sheet(saved(book), NOTIFICATION_SHEET)
    with acting_as(by), pytest.raises(InvalidInput) as refused:
        service.keep_book(sheet, source="届出.xlsx", by=by)
    (sentence,) = refused.value.problems["file"]
    assert word in str(sentence)


def test_two_sheets_of_entries_in_one_file_are_refused() -> None:
    by = cast.actor("endo")
    book = opened(filled(blank(by, "measles"), [WRITTEN]))
    other = book.copy_worksheet(book["入力"])
    other["A1"].value = str(other["A1"].value).replace(":measles", ":rubella")
    with pytest.raises(InvalidInput) as refused:
        keyed_sheet(saved(book), NOTIFICATION_SHEET)
    assert list(refused.value.problems) == ["file"]


def test_a_workbook_without_a_disease_is_of_covid_19() -> None:
    by = cast.actor("endo")
    book = opened(filled(blank(by), [SOUND]))
    corner = book["入力"]["A1"]
    assert str(corner.value).count(":") == 2
    corner.value = str(corner.value).rpartition(":")[0]
    found = kept(by, saved(book))
    with acting_as(by):
        assert (found.disease.family, found.counts) == ("covid_19", {"ready": 1})
        # It comes back with its disease in it.
        assert str(sheet_of(returned(by, found))["A1"].value).endswith(":covid_19")


def test_words_of_columns_the_disease_does_not_have_are_asked_about() -> None:
    by = cast.actor("endo")
    book = opened(filled(blank(by, "rubella"), [WRITTEN]))
    sheet = book["入力"]
    sheet.cell(1, sheet.max_column + 1).value = "oxygen_saturation"
    sheet.cell(4, sheet.max_column).value = "97"
    found = kept(by, saved(book))
    with acting_as(by):
        (asked,) = found.outcomes[0]["asked"]
    assert asked["code"] == "left_out:oxygen_saturation"
    assert "酸素飽和度" in asked["sentence"]
    assert set(marks(returned(by, found))) == {(4, "row_result")}


# -- pages ------------------------------------------------------------------------------------


def test_the_page_offers_the_usual_disease_first_and_every_other(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "endo")
    page = client.get("/notification-workbooks/").text
    assert 'selected value="covid_19"' in page
    assert 'value="measles"' in page
    by = cast.actor("endo")
    submitted(by, kept(by, filled(blank(by, "rubella"), [WRITTEN])))
    page = client.get("/notification-workbooks/").text
    assert 'selected value="rubella"' in page
    assert "風しん</div>" in page
    for asked, family in (("", "rubella"), ("?disease=measles", "measles")):
        answer = client.get(f"/notification-workbooks/template.xlsx{asked}")
        assert str(sheet_of(answer.data)["A1"].value).endswith(f":{family}")
    assert client.get("/notification-workbooks/template.xlsx?disease=influenza").status_code == 404
    assert client.get("/notification-workbooks/template.xlsx?disease=x").status_code == 404


def test_a_refused_workbook_says_so_on_the_page_and_a_sound_one_names_its_disease(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = cast.sign_in(app.test_client(), "endo")
    content = filled(client.get("/notification-workbooks/template.xlsx?disease=rubella").data, [{}])
    book = opened(changed(content, {(4, key): value for key, value in WRITTEN.items()}))
    corner = book["入力"]["A1"]
    for family, status in (("influenza", 422), ("rubella", 303)):
        corner.value = str(corner.value).rpartition(":")[0] + f":{family}"
        data = {"file": (io.BytesIO(saved(book)), "届出.xlsx")}
        answer = client.post("/notification-workbooks/", data=data)
        assert answer.status_code == status
        shown = answer if status == 422 else client.get(answer.location)
        assert ("influenza" if status == 422 else "風しん") in shown.text
