"""One engine for every notifiable disease: which form, which items, which row of the law."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.db import db, new_token
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.diseases import DiseaseOption
from app.institutions.queries import disease_in_force
from app.notifications import service
from app.notifications.choosing import form_class_of, usual_family
from app.notifications.entry_form import form_data_of, typed_values
from app.notifications.layout import LINES, PARTS, form_version_on, is_on_form
from app.notifications.models import Notification
from app.notifications.queries import notifiable_diseases
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import SOUND, option, read, submitted
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")

_COVID_ONLY = ("hospitalised_at_notification", "symptoms", "diagnosis_methods", "infection_route")
MEASLES: dict[str, Any] = {
    name: value
    for name, value in SOUND.items()
    if name not in _COVID_ONLY and not name.startswith("test_nucleic_acid")
} | {
    "symptoms_other": "発熱、発疹、コプリック斑",
    "diagnosis_methods_other": "血清IgM抗体の検出",
    "specimens_other": "血液",
    "test_sample_collected_on": "2021/8/18",
    "test_sample_result": "positive",
    "route_detail": "家族内での接触",
}


def values_of_measles(app: Flask, **changes: Any) -> dict[str, Any]:
    typed = {n: v for n, v in (MEASLES | changes).items() if v is not None}
    with app.test_request_context(), acting_as(cast.actor("endo")):
        made = form_class_of(cast.actor("endo"), "measles")
        form = made(formdata=MultiDict(typed), meta={"csrf": False})
        assert form.validate(), form.errors
        return typed_values(form)


def measles(app: Flask, **changes: Any) -> Notification:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        return service.submit(values_of_measles(app, **changes), by=doctor)


@pytest.fixture(autouse=True)
def _inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        yield


def test_87_diseases_and_covid_19_are_notified_case_by_case() -> None:
    with acting_as(system_actor("test")):
        found = notifiable_diseases(date(2021, 8, 20))
    categories = [d for d in found if d.category.startswith("category_")]
    assert len(categories) == 87
    assert "covid_19" in {d.family for d in found}


@pytest.mark.parametrize(
    ("day", "code", "version"),
    [
        (date(2020, 2, 1), "covid_19", "2020-02"),
        (date(2021, 2, 9), "covid_19", "2020-02"),
        (date(2021, 2, 10), "covid_19", "2021-02"),
        (date(2021, 2, 12), "covid_19", "2021-02"),
        (date(2021, 2, 13), "covid_19_novel_influenza_etc", "2021-02"),
        (date(2022, 9, 25), "covid_19_novel_influenza_etc", "2021-02"),
        (date(2022, 9, 26), "covid_19_novel_influenza_etc", "2022-09"),
        (date(2023, 5, 7), "covid_19_novel_influenza_etc", "2022-09"),
        (date(2023, 5, 8), "covid_19_category_5", "2021-02"),
    ],
)
def test_law_and_day_decide_row_and_form_of_covid_19(day: date, code: str, version: str) -> None:
    with acting_as(system_actor("test")):
        disease = disease_in_force("covid_19", on=day)
    assert disease is not None
    assert (disease.code, form_version_on(day)) == (code, version)


def test_the_general_form_has_the_skeleton_and_nothing_of_covid_19() -> None:
    general = {name for name, line in LINES.items() if is_on_form(line, "general")}
    assert {"oxygen_saturation", "dose1", "severity", "grounds", "pregnant"}.isdisjoint(general)
    numbers = {line.number.rstrip("①②③") for part in PARTS for line in part.lines}
    kept = {LINES[name].number.rstrip("①②③") for name in general}
    assert kept == numbers


def test_without_options_the_doctor_writes_and_the_document_keeps_the_words(app: Flask) -> None:
    notification = measles(app)
    assert notification.disease.code == "measles"
    assert (notification.form_version, notification.state) == ("general", "submitted")
    assert notification.symptoms == ("other",)
    assert notification.symptoms_other == "発熱、発疹、コプリック斑"
    assert notification.specimens_other == "血液"
    assert notification.oxygen_saturation is None
    case = notification.case
    assert case is not None
    assert case.disease.code == "measles"
    assert [(t.method, t.specimen, t.result) for t in case.lab_tests] == [
        ("other", "other", "positive")
    ]


def test_missing_items_are_asked_where_they_are_written(app: Flask) -> None:
    blank = {"symptoms_other": None, "diagnosis_methods_other": None, "route_detail": None}
    values = values_of_measles(app, **blank)
    doctor = cast.actor("endo")
    with acting_as(doctor), pytest.raises(InvalidInput) as refused:
        service.submit(values, by=doctor)
    problems = set(refused.value.problems)
    assert {"symptoms_other", "diagnosis_methods_other", "route_detail"} <= problems
    assert "hospitalised_at_notification" not in problems
    assert {"symptoms", "diagnosis_methods", "infection_route"}.isdisjoint(problems)


def test_a_registered_option_is_offered_at_once_and_stored_as_worded(app: Flask) -> None:
    for label in ("発熱", "コプリック斑", "その他"):
        option("measles", "symptom", label)
    values = values_of_measles(app, symptoms=["コプリック斑", "other"], symptoms_other="発疹")
    assert values["symptoms"] == ("コプリック斑", "other")
    doctor = cast.actor("endo")
    with acting_as(doctor):
        stored = service.submit(values, by=doctor)
    assert stored.case is not None
    assert stored.case.symptoms == ("コプリック斑", "other")
    again = form_data_of(values | {"form_version": "general"})
    assert str(again["test_sample_collected_on"]) == "2021-08-18"


def test_an_option_with_a_separator_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        option("measles", "symptom", "発熱;発疹")


def test_a_general_form_is_corrected_on_its_own_form(app: Flask) -> None:
    first = measles(app)
    doctor = cast.actor("endo")
    values = values_of_measles(app, symptoms_other="発熱のみ")
    with acting_as(doctor):
        second = service.correct(first, values, by=doctor)
    assert (second.form_version, second.disease.code) == ("general", "measles")
    assert second.case is not None
    assert second.case.symptoms_other == "発熱のみ"


def test_the_usual_disease_is_the_one_notified_most(app: Flask) -> None:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        assert usual_family(doctor) == "covid_19"
    measles(app)
    with acting_as(doctor):
        assert usual_family(doctor) == "measles"
    submitted(app, kana="スズキ", mobile_phone="09011112222")
    submitted(app, kana="タナカ", mobile_phone="09011113333")
    with acting_as(doctor):
        assert usual_family(doctor) == "covid_19"


# -- the four groups --------------------------------------------------------------------------

SINCE = datetime(2022, 10, 3, 3, tzinfo=UTC)
OLD = {"birth_on": "S30.4.30", "reported_on": "2022/10/3", "diagnosed_on": "2022/10/3"}
OLD |= {"first_visit_on": "2022/10/3", "onset_on": "2022/10/1"}
OLD |= {"test_nucleic_acid_collected_on": "2022/10/3"}
TREATED = {"treatment_needed": "yes", "oxygen_needed": "no"}


def sent_in_2022(app: Flask, **changes: Any) -> Notification:
    doctor = cast.actor("endo")
    with clock.frozen_at(SINCE), acting_as(doctor):
        return service.submit(read(app, **(OLD | TREATED | changes)), by=doctor)


def test_65_years_are_a_ground_by_themselves(app: Flask) -> None:
    notification = sent_in_2022(app)
    assert notification.form_version == "2022-09"
    assert notification.grounds == ("aged_65_or_over",)


def test_outside_the_four_groups_nobody_is_notified(app: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent_in_2022(app, birth_on="S60.5.1", grounds=["none_"])
    assert "日次報告" in str(refused.value.problems["grounds"])


def test_ground_and_treatment_are_asked_since_then_only(app: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent_in_2022(app, birth_on="S60.5.1", treatment_needed=None)
    assert {"grounds", "treatment_needed"} <= set(refused.value.problems)
    assert submitted(app).grounds is None


# -- pages ------------------------------------------------------------------------------------


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


def test_the_diseases_are_found_by_a_part_of_their_name(clinic: FlaskClient) -> None:
    page = clinic.get("/notifications/diseases?q=麻し").get_data(as_text=True)
    assert "/notifications/new/measles" in page
    assert "/notifications/new/rubella" not in page


def test_a_disease_counted_at_sentinels_has_no_form(clinic: FlaskClient) -> None:
    assert clinic.get("/notifications/new/no_such_disease").status_code == 404
    assert clinic.get("/notifications/new/influenza").status_code == 404


def test_the_form_marks_what_has_no_options_and_is_submitted(clinic: FlaskClient) -> None:
    page = clinic.get("/notifications/new/measles").get_data(as_text=True)
    assert page.count("選択肢未登録") == 4
    assert "酸素飽和度" not in page
    sent = clinic.post(
        "/notifications/new/measles",
        data=MEASLES | {"step": "submit", "form_token_": new_token()},
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    shown = clinic.get(sent.location).get_data(as_text=True)
    assert "コプリック斑" in shown
    assert "血清IgM抗体" in shown


def test_a_draft_keeps_its_disease(clinic: FlaskClient) -> None:
    kept = clinic.post(
        "/notifications/autosave?disease=measles",
        data={"symptoms_other": "発疹", "form_token_": new_token()},
    )
    page = clinic.get(kept.get_json()["edit_url"]).get_data(as_text=True)
    assert "発疹" in page
    assert "酸素飽和度" not in page
    assert "麻しん" in clinic.get("/notifications/drafts").get_data(as_text=True)


def test_the_ministry_registers_an_option_on_the_screen(app: Flask) -> None:
    with acting_as(system_actor("test")):
        disease = disease_in_force("measles", on=clock.today())
        assert disease is not None
        key = disease.id
    data = {"disease_id": key, "kind": "symptom", "label_ja": "発疹", "label_en": "Rash"}
    data |= {"position": "1", "confirmed": "yes"}
    client = cast.sign_in(app.test_client(), "oka")
    answer = client.post("/disease-options/add", data=data | {"form_token_": new_token()})
    assert answer.status_code == 303
    with acting_as(system_actor("test")), transaction() as session:
        found = select(func.count()).where(DiseaseOption.value == "発疹")
        assert session.scalar(found) == 1
    db.session.remove()
