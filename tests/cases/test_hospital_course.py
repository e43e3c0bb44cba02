"""Hospitals enter what happened after the fact, on one small form (R15)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import HistoryEntry
from app.cases.hospital_rules import ITEMS, HospitalCourse, KnownEnd, problems_of
from app.cases.hospital_views import CentreCourseForm, HospitalCourseForm
from app.cases.models import Case, Stay, Treatment
from app.core.clock import frozen_at
from app.core.db import db, new_token
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.pages import statements
from tests.support.reading import form_of

TODAY = date(2021, 8, 20)
ADMITTED, LEFT = date(2021, 8, 14), date(2021, 8, 18)
IN = {"from_on": ADMITTED}
OUT = IN | {"ended_on": LEFT}


def day(number: int) -> date:
    return date(2021, 8, number)


@pytest.mark.parametrize(
    ("given", "known", "expected"),
    [
        (IN, {}, {}),
        (IN | {"icu": "yes", "ventilator": "yes", "ecmo": "no"}, {}, {}),
        ({"from_on": TODAY}, {}, {}),
        ({"from_on": day(21)}, {}, {"from_on": "未来"}),
        ({}, {}, {"from_on": "入院日を入力"}),
        ({"icu": "yes"}, {}, {"from_on": "入院日を入力", "icu": "入院日がない"}),
        (
            {"ventilator": "yes", "ecmo": "yes"},
            {},
            {"from_on": "入院日を入力", "ventilator": "入院日がない", "ecmo": "入院日がない"},
        ),
        ({"icu": "no"}, {}, {"from_on": "入院日を入力"}),
        (OUT | {"ending": "recovered"}, {}, {}),
        (OUT | {"ending": "recovered", "ended_on": ADMITTED}, {}, {}),
        (OUT | {"ending": "recovered", "ended_on": day(13)}, {}, {"ended_on": "入院日より前"}),
        (OUT | {"ending": "recovered", "ended_on": TODAY}, {}, {}),
        (OUT | {"ending": "recovered", "ended_on": day(21)}, {}, {"ended_on": "未来"}),
        (IN | {"ending": "died"}, {}, {"ended_on": "日を入力"}),
        (OUT, {}, {"ending": "選択"}),
        (OUT | {"ending": "to_hospital"}, {}, {"transferred_to": "転院先の名称を入力"}),
        (OUT | {"ending": "to_hospital", "transferred_to": "隣の病院"}, {}, {}),
        (OUT | {"ending": "to_home"}, {}, {}),
        (OUT | {"ending": "died"}, {}, {}),
        (OUT | {"ending": "died"}, {"discharged_on": day(17)}, {"ending": "退院日"}),
        (OUT | {"ending": "died"}, {"died_on": LEFT}, {}),
        (OUT | {"ending": "died"}, {"died_on": day(17)}, {"ended_on": "死亡日と異なります"}),
        (OUT | {"ending": "recovered"}, {"died_on": LEFT}, {"ending": "死亡日"}),
        (OUT | {"ending": "to_home"}, {"died_on": day(17)}, {"ending": "死亡日"}),
        (OUT | {"ending": "to_home"}, {"died_on": day(19)}, {}),
        (IN, {"died_on": ADMITTED}, {}),
        (IN, {"died_on": day(13)}, {"from_on": "死亡日より後"}),
    ],
)
def test_what_contradicts_is_refused_at_its_item(
    given: dict[str, Any], known: dict[str, Any], expected: dict[str, str]
) -> None:
    found = problems_of(HospitalCourse(**given), HospitalCourse(), KnownEnd(**known), TODAY)
    assert found.keys() == expected.keys()
    for name, word in expected.items():
        assert word in " ".join(str(sentence) for sentence in found[name])


def test_an_end_that_was_entered_elsewhere_without_its_kind_may_stay_so() -> None:
    stored = HospitalCourse(from_on=ADMITTED, ended_on=LEFT)
    told = HospitalCourse(from_on=ADMITTED, ended_on=LEFT, icu="yes")
    assert problems_of(told, stored, KnownEnd(), TODAY) == {}


def test_the_form_asks_for_at_most_ten_items() -> None:
    asked = {"base_", "row_version_", "form_token_"}
    for form in (HospitalCourseForm, CentreCourseForm):
        names = {n for n in dir(form) if n in ITEMS or n in asked} - asked
        assert len(names) <= 10
        assert names >= set(ITEMS) - {"institution_id"}


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def case(app: Flask, frozen_clock: datetime) -> int:
    with app.app_context():
        return cast.own_episode().case


def _client(app: Flask, who: str = "fujii") -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def _opened(client: FlaskClient, case: int, admission: str = "latest") -> dict[str, str]:
    page = client.get(f"/cases/{case}/hospital-course/{admission}")
    assert page.status_code == 200
    form = form_of(page.text)
    form.pop("institution_id_text", None)
    return form


def _send(
    client: FlaskClient, case: int, form: dict[str, str], admission: str = "latest", **typed: str
) -> TestResponse:
    return client.post(f"/cases/{case}/hospital-course/{admission}", data=form | typed)


def _enter(app: Flask, case: int, admission: str = "latest", **typed: str) -> TestResponse:
    client = _client(app)
    return _send(client, case, _opened(client, case, admission), admission, **typed)


def _stays(app: Flask, case: int) -> list[tuple[str, str, str, str | None]]:
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.scalars(
            select(Stay).where(Stay.case_id == case).order_by(Stay.from_on, Stay.id)
        )
        return [
            (s.place, str(s.from_on), str(s.to_on or ""), s.institution_name)
            for s in found
            if s.from_on >= ADMITTED
        ]


def _case(app: Flask, case: int) -> tuple[str | None, str, str, str]:
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.get_one(Case, case)
        return (
            found.outcome,
            str(found.died_on or ""),
            str(found.discharged_on or ""),
            found.status,
        )


HERE = "新宿総合病院"


def test_an_admission_with_intensive_care_is_entered_at_once(app: Flask, case: int) -> None:
    answer = _enter(
        app, case, from_on="R3.8.14", icu="yes", ventilator="no", treatment="レムデシビル 5日間"
    )
    assert answer.status_code == 303
    assert answer.location.endswith(f"/cases/show/{case}?tab=stays")
    assert _stays(app, case) == [("hospital", "2021-08-14", "", HERE)]
    assert _case(app, case) == (None, "", "", "hospitalised_severe")
    again = _opened(_client(app), case)
    assert (again["icu"], again["ventilator"], again["ecmo"]) == ("yes", "no", "")
    assert again["treatment"] == "レムデシビル 5日間"
    with app.app_context(), acting_as(system_actor("test")):
        given = db.session.scalars(
            select(Treatment).where(Treatment.institution_name == HERE)
        ).one()
        assert (given.given_on, given.content) == (ADMITTED, "レムデシビル 5日間")


@pytest.mark.parametrize(
    ("ending", "to", "stays", "outcome"),
    [
        ("recovered", "", [], ("recovered", "", "2021-08-18", "discharged")),
        ("died", "", [], ("died", "2021-08-18", "", "died")),
        (
            "to_hospital",
            "四谷記念病院",
            [("hospital", "2021-08-18", "", "四谷記念病院")],
            (None, "", "", "hospitalised"),
        ),
        ("to_hotel", "", [("hotel", "2021-08-18", "", None)], (None, "", "", "hotel")),
        ("to_home", "", [("home", "2021-08-18", "", None)], (None, "", "", "home")),
    ],
)
def test_the_end_of_the_stay_says_what_follows(
    app: Flask, case: int, ending: str, to: str, stays: list[Any], outcome: tuple[str, ...]
) -> None:
    typed = {"from_on": "2021-08-14", "ended_on": "2021-08-18", "ending": ending}
    assert _enter(app, case, **typed, transferred_to=to).status_code == 303
    assert _stays(app, case) == [("hospital", "2021-08-14", "2021-08-18", HERE), *stays]
    assert _case(app, case) == outcome
    form = _opened(_client(app), case)
    assert (form["ending"], form["ended_on"], form["transferred_to"]) == (ending, "2021/08/18", to)


_ENDINGS = ("recovered", "died", "to_hospital", "to_home")


@pytest.mark.parametrize("second", _ENDINGS)
@pytest.mark.parametrize("first", _ENDINGS)
def test_what_was_entered_before_is_corrected_without_a_trace_on_the_case(
    app: Flask, case: int, first: str, second: str
) -> None:
    def typed(ending: str, on: str) -> dict[str, str]:
        to = "四谷記念病院" if ending == "to_hospital" else ""
        return {"from_on": "2021-08-14", "ended_on": on, "ending": ending, "transferred_to": to}

    assert _enter(app, case, **typed(first, "2021-08-18")).status_code == 303
    assert _enter(app, case, **typed(second, "2021-08-19")).status_code == 303
    follows = {
        "to_hospital": [("hospital", "2021-08-19", "", "四谷記念病院")],
        "to_home": [("home", "2021-08-19", "", None)],
    }.get(second, [])
    assert _stays(app, case) == [("hospital", "2021-08-14", "2021-08-19", HERE), *follows]
    outcome, died, discharged, _status = _case(app, case)
    assert (outcome, died, discharged) == {
        "recovered": ("recovered", "", "2021-08-19"),
        "died": ("died", "2021-08-19", ""),
    }.get(second, (None, "", ""))


def test_each_entry_stands_in_the_history_with_its_reason(app: Flask, case: int) -> None:
    _enter(app, case, from_on="2021-08-14", ended_on="2021-08-18", ending="died", treatment="酸素")
    with app.app_context(), acting_as(system_actor("test")):
        entries = db.session.scalars(select(HistoryEntry)).all()
        kinds = {one.record_type for one in entries if one.reason == "hospital_course"}
    assert kinds >= {"stay", "treatment", "case"}


@pytest.mark.parametrize(
    ("typed", "name", "sentence"),
    [
        ({"from_on": "", "icu": "yes"}, "icu", "入院日がないため"),
        (
            {"from_on": "2021-08-14", "ended_on": "2021-08-13", "ending": "recovered"},
            "ended_on",
            "入院日より前",
        ),
        ({"from_on": "2021-08-40"}, "from_on", "日付"),
        ({"from_on": "2021-08-14", "ending": "nonsense"}, "ending", "選択"),
        (
            {"from_on": "2021-08-01", "ended_on": "2021-08-02", "ending": "died"},
            "ended_on",
            "発病年月日が死亡年月日より後",
        ),
    ],
)
def test_a_refusal_stands_at_the_field_and_nothing_typed_is_lost(
    app: Flask, case: int, typed: dict[str, str], name: str, sentence: str
) -> None:
    answer = _enter(app, case, **typed, treatment="酸素 3L")
    assert answer.status_code == 422
    at = answer.text.index(f'id="{name}-error"')
    assert sentence in answer.text[at : at + 600]
    assert "酸素 3L" in answer.text
    form = form_of(answer.text)
    assert form["from_on"] == typed["from_on"]
    assert _stays(app, case) == []


def test_a_death_the_health_centre_recorded_is_not_overwritten(app: Flask, case: int) -> None:
    _enter(app, case, from_on="2021-08-14")
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        stored = session.get_one(Case, case)
        stored.outcome, stored.died_on = "died", LEFT
    answer = _enter(app, case, ended_on="2021-08-18", ending="recovered")
    assert answer.status_code == 422
    assert "死亡日が記録されています" in answer.text
    assert _case(app, case)[:2] == ("died", "2021-08-18")


def test_a_next_place_the_health_centre_named_is_not_taken_back(app: Flask, case: int) -> None:
    typed = {"from_on": "2021-08-14", "ended_on": "2021-08-18", "ending": "to_hotel"}
    _enter(app, case, **typed)
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        hotel = institution_by_code("hotel-shinjuku")
        assert hotel is not None
        stay = session.scalars(select(Stay).where(Stay.place == "hotel")).one()
        stay.institution_id = hotel.id
    answer = _enter(app, case, ending="recovered")
    assert answer.status_code == 422
    assert _stays(app, case)[1][0] == "hotel"
    assert _enter(app, case, icu="no").status_code == 303


def test_the_receiving_place_was_quicker_so_no_second_stay_is_made(app: Flask, case: int) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        session.add(Stay(case_id=case, place="home", from_on=LEFT, institution_name="自宅"))
    typed = {"from_on": "2021-08-14", "ended_on": "2021-08-18", "ending": "to_home"}
    assert _enter(app, case, **typed).status_code == 303
    assert [place for place, *_rest in _stays(app, case)] == ["hospital", "home"]


def test_a_form_sent_twice_is_one_admission(app: Flask, case: int) -> None:
    client = _client(app)
    form = _opened(client, case) | {"from_on": "2021-08-14"}
    for _time in range(2):
        assert _send(client, case, form).status_code == 303
    assert len(_stays(app, case)) == 1


def test_two_colleagues_who_begin_the_same_admission_make_one(app: Flask, case: int) -> None:
    first, second = _client(app), _client(app)
    forms = [_opened(client, case) for client in (first, second)]
    assert _send(first, case, forms[0], from_on="2021-08-14", icu="yes").status_code == 303
    merged = _send(second, case, forms[1], from_on="2021-08-14", ventilator="yes")
    assert merged.status_code == 303
    assert len(_stays(app, case)) == 1
    stored = _opened(first, case)
    assert (stored["icu"], stored["ventilator"]) == ("yes", "yes")


def test_what_both_changed_is_shown_side_by_side(app: Flask, case: int) -> None:
    _enter(app, case, from_on="2021-08-14")
    first, second = _client(app), _client(app)
    forms = [_opened(client, case) for client in (first, second)]
    _send(first, case, forms[0], from_on="2021-08-15", ecmo="no")
    refused = _send(second, case, forms[1], from_on="2021-08-16", icu="yes")
    assert refused.status_code == 409
    assert "2021/08/15" in refused.text
    assert 'class="overlap"' in refused.text
    form = form_of(refused.text)
    assert (form["from_on"], form["icu"], form["ecmo"]) == ("2021-08-16", "yes", "no")
    form["form_token_"] = new_token()
    assert _send(second, case, form).status_code == 303
    assert _stays(app, case)[0][1] == "2021-08-16"


def test_a_further_admission_has_a_form_of_its_own(app: Flask, case: int) -> None:
    _enter(app, case, from_on="2021-08-14", ended_on="2021-08-16", ending="to_home")
    hospital, centre = _client(app), _client(app, "aoki")
    new, latest = (f"/cases/{case}/hospital-course/{word}" for word in ("new", "latest"))
    assert new not in hospital.get(latest).text
    refused = _enter(app, case, "new", from_on="2021-08-19")
    assert refused.status_code == 422
    assert "保健所に依頼してください" in refused.text
    assert new in centre.get(latest).text
    with app.app_context():
        key = cast.actor("fujii").institution_id
    form = _opened(centre, case, "new") | {"institution_id": str(key)}
    assert _send(centre, case, form, "new", from_on="2021-08-19", icu="yes").status_code == 303
    assert [(p, f, t) for p, f, t, _n in _stays(app, case)] == [
        ("hospital", "2021-08-14", "2021-08-16"),
        ("home", "2021-08-16", ""),
        ("hospital", "2021-08-19", ""),
    ]


def test_a_health_centre_enters_for_the_hospital_that_told_it(app: Flask, case: int) -> None:
    client = _client(app, "aoki")
    form = _opened(client, case)
    assert _send(client, case, form, from_on="2021-08-14").status_code == 422
    with app.app_context():
        hospital = cast.actor("fujii").institution_id
    sent = _send(client, case, form, from_on="2021-08-14", institution_id=str(hospital))
    assert sent.status_code == 303
    assert _stays(app, case) == [("hospital", "2021-08-14", "", HERE)]


def test_another_hospitals_admission_is_neither_shown_nor_changed(app: Flask, case: int) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        other = institution_by_code("clinic-shinjuku")
        assert other is not None
        stay = Stay(case_id=case, place="hospital", from_on=ADMITTED, institution_id=other.id)
        session.add(stay)
        session.flush()
        key = stay.id
    client = _client(app)
    assert client.get(f"/cases/{case}/hospital-course/{key}").status_code == 404
    form = _opened(client, case)
    assert form["from_on"] == ""
    assert _send(client, case, form, str(key), from_on="2021-08-15").status_code == 404


def test_an_end_long_ago_closes_the_case_to_the_hospital_and_says_so(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
    with frozen_at(datetime(2021, 10, 20, 3, 0, tzinfo=UTC)):
        client = _client(app)
        typed = {"from_on": "2021-08-14", "ended_on": "2021-08-18", "ending": "recovered"}
        answer = _send(client, case, _opened(client, case), **typed)
        assert answer.status_code == 303
        assert answer.location.endswith("/cases/list/")
        assert client.get(f"/cases/show/{case}").status_code == 404
    assert _case(app, case)[2] == "2021-08-18"


def test_the_case_offers_the_form_to_hospital_and_health_centre_alone(
    app: Flask, case: int
) -> None:
    address = f"/cases/{case}/hospital-course/latest"
    for who, offered in (("fujii", True), ("aoki", True), ("endo", False), ("goto", False)):
        client = _client(app, who)
        assert (address in client.get(f"/cases/show/{case}").text) is offered, who
        assert client.get(address).status_code == (200 if offered else 403), who


def test_a_broken_base_is_judged_as_an_empty_one(app: Flask, case: int) -> None:
    _enter(app, case, from_on="2021-08-14", icu="no")
    client = _client(app)
    for base in ("", "[", "[1]", '{"stay": "x", "known": 3, "texts": []}'):
        form = _opened(client, case) | {"base_": base, "icu": "yes"}
        assert _send(client, case, form, icu="yes").status_code == 409


@pytest.mark.one_database
def test_opening_and_saving_ask_the_database_a_few_times(app: Flask, case: int) -> None:
    client = _client(app)
    form = _opened(client, case)
    with statements(app) as opening:
        client.get(f"/cases/{case}/hospital-course/latest")
    with statements(app) as saving:
        _send(client, case, form, from_on="2021-08-14", icu="yes", treatment="酸素")
    # A hospital's counts of the menu are one statement. The plan of the observation follows the
    # stay; the journal of the figures writes two tables a commit (what was known when), the rules
    # of data quality note the record, and ages, severity and delays are sums of their own.
    assert (len(opening), len(saving)) == (5, 32)
