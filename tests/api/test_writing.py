"""What programs write passes the same forms, laws and history as what people type."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case, LabTest
from app.contacts.models import Contact, ContactExposure
from app.core.db import db
from app.followup.models import HealthObservation
from app.security.actor import acting_as, system_actor
from tests.api.conftest import Key, Limit, with_credential
from tests.support import cast

pytestmark = [pytest.mark.usefixtures("frozen_clock")]


def rows(app: Flask, model: type[Any]) -> list[Any]:
    with app.app_context(), acting_as(system_actor("test")):
        db.session.expire_all()
        return list(db.session.scalars(select(model).order_by(model.id)))


def own(app: Flask) -> cast.Episode:
    with app.app_context():
        return cast.own_episode()


def change(program: FlaskClient, url: str, values: dict[str, Any], version: str = "") -> Any:
    tag = version or program.get(url).headers["ETag"]
    return program.patch(url, json=values, headers={"If-Match": tag})


def test_a_change_is_saved_with_its_history_and_only_where_it_was_named(
    app: Flask, program: FlaskClient
) -> None:
    url = f"/api/v1/case/{own(app).case}"
    answer = change(program, url, {"travel_country": "タイ", "onset_on": None})
    assert answer.status_code == 200
    assert answer.json["result"]["travel_country"] == "タイ"
    assert answer.json["result"]["onset_on"] is None
    assert answer.json["result"]["remarks"] == "山田 花子について"
    last = [entry for entry in rows(app, HistoryEntry) if entry.record_type == "case"][-1]
    assert (last.user_name, last.reason) == ("API: 電子カルテ連携", "api")
    assert set(last.changes) == {"travel_country", "onset_on"}


def test_a_change_names_its_version(app: Flask, program: FlaskClient) -> None:
    url = f"/api/v1/case/{own(app).case}"
    for headers in ({}, {"If-Match": "*"}, {"If-Match": "x"}, {"If-Match": 'W/"3"'}):
        answer = program.patch(url, json={"remarks": "x"}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (428, "version_required")
    before = program.get(url).headers["ETag"]
    assert change(program, url, {"travel_country": "タイ"}, before).status_code == 200
    late = change(program, url, {"travel_country": "米国"}, before)
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")
    assert late.headers["ETag"] == program.get(url).headers["ETag"]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"number": "99999999"}, "number", "unknown_field"),
        ({"status": "recovered"}, "status", "unknown_field"),
        ({"row_version": 7}, "row_version", "unknown_field"),
        ({"person_id": 1}, "person_id", "unknown_field"),
        ({"nonsense": 1}, "nonsense", "unknown_field"),
        ({"sex": "purple"}, "sex", "not_in_list"),
        ({"sex": 1}, "sex", "wrong_type"),
        ({"onset_on": "R3.8.1"}, "onset_on", "invalid"),
        ({"onset_on": "2021-02-30"}, "onset_on", "invalid"),
        ({"age_years": "66"}, "age_years", "wrong_type"),
        ({"age_years": 999}, "age_years", "out_of_range"),
        ({"age_years": True}, "age_years", "wrong_type"),
        ({"remarks": "x" * 30_000}, "remarks", "too_long"),
        ({"remarks": "\ud800"}, "remarks", "invalid"),
        ({"disease_id": None}, "disease_id", "required"),
        ({"responsible_centre_id": 999_999}, "responsible_centre_id", "invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_saved(
    app: Flask, program: FlaskClient, values: dict[str, Any], field: str, code: str
) -> None:
    url, before = f"/api/v1/case/{own(app).case}", len(rows(app, HistoryEntry))
    answer = change(program, url, values)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [(field, code)]
    assert len(rows(app, HistoryEntry)) == before


def test_rules_of_the_form_hold(app: Flask, program: FlaskClient) -> None:
    url = f"/api/v1/case/{own(app).case}"
    answer = change(program, url, {"outcome": "died", "died_on": "2021-08-01"})
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json["errors"]} & {"died_on", "onset_on", "diagnosed_on"}


@pytest.mark.parametrize(
    "body", ["", "{", "[1]", "NaN", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 9000]
)
def test_a_body_that_is_no_json_object_is_refused(program: FlaskClient, body: str) -> None:
    answer = program.post("/api/v1/lab_test", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert program.post("/api/v1/lab_test", data={"result": "x"}).status_code == 415


def test_an_observation_is_entered_once_however_often_it_is_sent(
    app: Flask, program: FlaskClient
) -> None:
    body = {
        "case_id": own(app).case,
        "observed_on": "2021-08-15",
        "part_of_day": "evening",
        "temperature": 37.5,
    }
    before = len(rows(app, HealthObservation))
    sent = [
        program.post(
            "/api/v1/observation", json=body, headers={"Idempotency-Key": "observation-of-the-15th"}
        )
        for _ in range(3)
    ]
    assert {one.status_code for one in sent} == {201}
    assert len({one.location for one in sent}) == 1
    assert len(rows(app, HealthObservation)) == before + 1
    assert rows(app, HealthObservation)[-1].entered_by_kind == "health_centre"
    other = body | {"temperature": 39.1}
    again = program.post(
        "/api/v1/observation", json=other, headers={"Idempotency-Key": "observation-of-the-15th"}
    )
    assert again.status_code == 409
    twice = program.post("/api/v1/observation", json=body)
    assert twice.status_code == 422
    assert twice.json["errors"][0]["field"] == "part_of_day"


def test_a_key_of_a_creation_that_can_be_guessed_is_refused(program: FlaskClient) -> None:
    answer = program.post("/api/v1/lab_test", json={}, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 422


def test_the_key_of_a_creation_counts_for_its_own_caller(app: Flask, key: Key) -> None:
    body = {"case_id": own(app).case, "result": "negative"}
    headers = {"Idempotency-Key": "0123456789abcdef"}
    made = {
        with_credential(app, key()).post("/api/v1/lab_test", json=body, headers=headers).location
        for _ in range(2)
    }
    assert len(made) == 2


def test_a_contact_comes_with_person_and_exposure(app: Flask, program: FlaskClient) -> None:
    body = {"case_id": own(app).case, "name": "鈴木 一", "exposed_on": "2021-08-18"}
    made = program.post("/api/v1/contact", json=body)
    assert made.status_code == 201
    assert made.json["result"]["observe_until_on"] == "2021-09-01"
    assert str(rows(app, ContactExposure)[-1].exposed_on) == "2021-08-18"
    assert rows(app, Contact)[-1].id == made.json["result"]["id"]


def test_nothing_is_hung_on_a_foreign_case(app: Flask, program: FlaskClient) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
    before = len(rows(app, LabTest))
    for case in (foreign.case, 987_654):
        answer = program.post("/api/v1/lab_test", json={"case_id": case, "result": "negative"})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (404, "case_id")
    assert len(rows(app, LabTest)) == before
    url = f"/api/v1/lab_test/{own(app).lab_test}"
    assert change(program, url, {"case_id": foreign.case}).status_code == 422


def test_deleting_names_the_version(app: Flask, program: FlaskClient) -> None:
    url = f"/api/v1/observation/{own(app).observation}"
    assert program.delete(url).status_code == 428
    assert program.delete(url, headers={"If-Match": '"99"'}).status_code == 412
    tag = program.get(url).headers["ETag"]
    assert program.delete(url, headers={"If-Match": tag}).status_code == 204
    assert program.get(url).status_code == 404


def test_lists_are_cut_searched_and_recorded(app: Flask, program: FlaskClient) -> None:
    case = own(app).case
    for _ in range(4):
        program.post("/api/v1/lab_test", json={"case_id": case, "result": "negative"})
    first = program.get("/api/v1/lab_test?limit=2").json
    second = program.get(f"/api/v1/lab_test?limit=2&after={first['next']}").json
    seen = [one["id"] for one in first["result"] + second["result"]]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 4
    found = program.get("/api/v1/lab_test?result=positive&sort=collected_on&direction=asc").json
    assert [one["result"] for one in found["result"]] == ["positive"]
    named = program.post("/api/v1/case/search", json={"person__kana": "ヤマダ"}).json
    assert [one["id"] for one in named["result"]] == [case]
    nobody = program.post("/api/v1/case/search", json={"person__kana": "ソトヤマ"}).json
    assert nobody["result"] == []
    for wrong in ("limit=101", "limit=0", "limit=x", "sort=remarks", "person__kana=a", "result=x"):
        assert program.get(f"/api/v1/lab_test?{wrong}").status_code == 422


def test_every_look_says_that_it_came_through_the_api(app: Flask, program: FlaskClient) -> None:
    case = own(app).case
    program.get(f"/api/v1/case/{case}")
    program.get("/api/v1/case")
    with app.app_context(), acting_as(system_actor("test")):
        entries = db.session.execute(
            select(ReadEntry.door, ReadEntry.case_id, ReadEntry.user_name).order_by(ReadEntry.id)
        ).all()
    who = "API: 電子カルテ連携"
    assert [tuple(e) for e in entries] == [
        ("api.case.show", case, who),
        ("api.case.list", None, who),
    ]


def test_errors_speak_the_language_of_the_caller(program: FlaskClient) -> None:
    japanese = program.get("/api/v1/case?limit=0").json["errors"][0]["message"]
    english = program.get("/api/v1/case?limit=0", headers={"Accept-Language": "en"})
    assert japanese == "この値は使えません。"
    assert english.json["errors"][0]["message"] == "This value cannot be used."


def test_the_calls_of_each_key_are_counted_by_themselves(
    app: Flask, key: Key, program: FlaskClient, limit: Limit
) -> None:
    limit(api="2 per 5 minutes")
    answers = [program.get("/api/v1/case") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json["code"] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0
    other = with_credential(app, key(name="検査システム"))
    assert other.get("/api/v1/case").status_code == 200


def test_searches_by_name_are_limited_as_on_the_screen(program: FlaskClient, limit: Limit) -> None:
    limit(search="1 per 5 minutes")
    by_name, by_day = {"person__kana": "ヤマダ"}, {"reported_on_from": "2021-08-01"}
    sought = [by_name, by_day, by_name]
    answers = [program.post("/api/v1/case/search", json=one).status_code for one in sought]
    assert answers == [200, 200, 429]


def test_a_key_without_the_right_learns_nothing_of_a_case(app: Flask, key: Key) -> None:
    program = with_credential(app, key(scopes=("disease:read",)))
    with app.app_context():
        own_case, foreign = cast.own_episode().case, cast.foreign_episode().case
    answers = {program.get(f"/api/v1/case/{k}").text for k in (own_case, foreign, 987_654)}
    assert len(answers) == 1
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.scalar(select(func.count()).select_from(Case)) == 2
