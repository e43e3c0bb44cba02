"""People a form does not expect, from the clinic's entry to the health centre's acceptance."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidInput
from app.notifications import paper, service
from app.notifications.checking import Unconfirmed
from app.notifications.models import Notification
from app.security.actor import acting_as
from tests.notifications.samples import post, read, submitted
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")

DIAGNOSED = date(2021, 8, 19)
BODY: dict[str, Any] = {
    "diagnosis_type": "body_confirmed",
    "body_examined_on": "2021/8/19",
    "died_on": "2021/8/18",
    "onset_on": None,
}


@pytest.fixture(autouse=True)
def _inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        yield


def asked_of(app: Flask, **changes: Any) -> list[str]:
    """The questions a submission is answered with."""
    doctor = cast.actor("endo")
    with acting_as(doctor), pytest.raises(Unconfirmed) as asked:
        service.submit(read(app, **changes), by=doctor)
    return [rule.code for rule in asked.value.rules]


def confirmed(app: Flask, *codes: str, **changes: Any) -> Notification:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        return service.submit(read(app, **changes), by=doctor, confirmed=codes)


def refused_at(app: Flask, **changes: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        confirmed(app, **changes)
    return set(refused.value.problems)


# -- ages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "years", "months", "group"),
    [
        ("2021/8/19", 0, 0, "under_10"),
        ("2020/8/20", 0, 11, "under_10"),
        ("2020/8/19", 1, None, "under_10"),
        ("H23.8.20", 9, None, "under_10"),
        ("H23.8.19", 10, None, "10s"),
        ("S31.8.20", 64, None, "60s"),
        ("S31.8.19", 65, None, "60s"),
        ("S6.8.19", 90, None, "90_or_over"),
        ("T10.8.19", 100, None, "90_or_over"),
        ("M34.8.19", 120, None, "90_or_over"),
    ],
)
def test_every_age_from_0_to_120_is_reckoned_at_the_diagnosis(
    app: Flask, born: str, years: int, months: int | None, group: str
) -> None:
    guardian = {"guardian_name": "佐藤 花子"} if years < 20 else {}
    case = submitted(app, birth_on=born, onset_on="2021/8/19", **guardian).case
    assert case is not None
    assert (case.age_years, case.age_months, case.age_group) == (years, months, group)


def test_nobody_is_born_after_the_diagnosis(app: Flask) -> None:
    assert "birth_on" in refused_at(app, birth_on="2021/8/20")


def test_an_age_of_121_is_asked_about(app: Flask) -> None:
    assert asked_of(app, birth_on="M33.8.19") == ["age_over_120"]
    case = confirmed(app, "age_over_120", birth_on="M33.8.19").case
    assert case is not None
    assert case.age_years == 121


# -- an unknown birth date --------------------------------------------------------------------


def test_an_unknown_birth_date_gives_way_to_an_age_after_a_question(app: Flask) -> None:
    assert refused_at(app, birth_on=None) == {"birth_on"}
    told = {"birth_on": None, "age_years": "70"}
    assert asked_of(app, **told) == ["birth_unknown"]
    case = confirmed(app, "birth_unknown", **told).case
    assert case is not None
    assert (case.age_years, case.age_months, case.age_group) == (70, None, "70s")
    assert case.person is not None
    assert case.person.birth_on is None


def test_a_birth_date_wins_over_an_age_left_in_the_form(app: Flask) -> None:
    case = submitted(app, age_years="70").case
    assert case is not None
    assert case.age_years == 36


@pytest.mark.parametrize("typed", ["121", "-1", "七十", "1e9"])
def test_an_impossible_age_is_said_at_its_field(app: Flask, typed: str) -> None:
    client = cast.sign_in(app.test_client(), "endo")
    answer = post(client, birth_on=None, age_years=typed)
    assert answer.status_code == 422
    assert 'id="age_years-error"' in answer.text
    assert f'value="{typed}"' in answer.text


def test_the_age_of_a_person_without_birth_date_stands_on_the_paper(app: Flask) -> None:
    sent = confirmed(app, "birth_unknown", birth_on=None, age_years="70")
    with acting_as(cast.actor("endo")):
        page = paper.page_of(sent)
    assert page["age"] == "70歳"
    assert page["more"] == []


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Nguyen Van An",
        "Madonna",
        "José María de la Cruz O'Higgins-Müller",
        "X",
        "Phạm Thị Hương",
        "A" * 100,
    ],
)
def test_a_name_in_latin_letters_needs_no_reading_after_a_question(app: Flask, name: str) -> None:
    assert asked_of(app, name=name, kana=None) == ["name_without_reading"]
    sent = confirmed(app, "name_without_reading", name=name, kana=None)
    assert sent.case is not None
    assert sent.case.person is not None
    assert (sent.case.person.name, sent.case.person.kana) == (name, None)
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        service.accept(sent, by=clerk)
        assert sent.case.number is not None


@pytest.mark.parametrize("name", ["佐藤", "김민준", "王 Wei", "サトウ"])
def test_any_other_name_needs_its_reading(app: Flask, name: str) -> None:
    assert refused_at(app, name=name, kana=None) == {"kana"}
    assert confirmed(app, name=name, kana="ソノヒト").state == "submitted"


def test_a_single_name_and_a_very_long_one_are_kept_whole(app: Flask) -> None:
    for name, kana in (("スカルノ", "スカルノ"), ("寿限無" * 33, "ジュゲム" * 25)):
        case = submitted(app, name=name, kana=kana).case
        assert case is not None
        assert case.person is not None
        assert (case.person.name, case.person.kana) == (name, kana)


def test_a_body_without_name_is_notified_accepted_and_printed(app: Flask) -> None:
    unknown = BODY | {"name": None, "kana": None, "birth_on": None, "sex": "unknown"}
    assert asked_of(app, **unknown) == ["body_without_name", "birth_unknown"]
    sent = confirmed(app, "body_without_name", "birth_unknown", **unknown)
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        case = service.accept(sent, by=clerk).case
        assert case is not None
        assert (case.status, case.age_years, case.age_group) == ("died", None, None)
        assert paper.page_of(sent)["age"].strip("　") == "歳（　　か月）"
    page = cast.sign_in(app.test_client(), "aoki").get(f"/cases/show/{case.id}")
    assert page.status_code == 200


def test_a_living_person_has_a_name(app: Flask) -> None:
    assert refused_at(app, name=None, kana=None) == {"name", "kana"}
    assert refused_at(app, name="　 ", kana="サトウ") == {"name"}


# -- another prefecture -----------------------------------------------------------------------

OSAKA = {"address": "大阪府大阪市北区中之島1-3-20", "postal_code": "530-8201"}


def test_a_patient_who_lives_in_another_prefecture_is_notified_there(app: Flask) -> None:
    sent = submitted(app, **OSAKA)
    assert sent.responsible_centre is not None
    assert sent.responsible_centre.code == "hc-osaka"
    case = sent.case
    assert case is not None
    assert (case.prefecture_code, case.municipality_code) == ("27", "27127")
    visible = select(Notification.id).where(Notification.id == sent.id)
    for who, sees in (("zaizen", True), ("endo", True), ("aoki", False), ("chiba", False)):
        with acting_as(cast.actor(who)):
            assert (db.session.scalar(visible) is not None) is sees, who
    clerk = cast.actor("zaizen")
    with acting_as(clerk):
        assert service.accept(sent, by=clerk).state == "accepted"


# -- size and repetition ----------------------------------------------------------------------


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


@pytest.mark.parametrize("step", ["submit", "draft"])
def test_two_megabytes_in_one_field_are_refused_in_a_sentence(
    clinic: FlaskClient, step: str
) -> None:
    answer = post(clinic, remarks="経" * 700_000, step=step)
    assert answer.status_code in (413, 422)
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text


def test_the_same_form_sent_again_leads_to_the_same_notification(clinic: FlaskClient) -> None:
    token = "0123456789abcdef" * 2
    first = post(clinic, form_token_=token)
    again = post(clinic, form_token_=token)
    assert (first.status_code, first.location) == (303, again.location)
