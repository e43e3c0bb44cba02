"""Who a program is: a key of an institution or a token of a person, and never more than that."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.api.models import ApiKey, ApiKeySecret
from app.api.rules import beyond_role, hash_of, life_problem, may_come_from, ranges_in
from app.api.service import issue_key, revoke_key
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed
from app.security.actor import acting_as, system_actor
from app.security.roles import RoleName
from tests.api.conftest import Key, case_url, with_credential
from tests.support import cast
from tests.support.reading import form_of

pytestmark = pytest.mark.one_database


def test_a_key_does_what_its_role_may_at_its_institution(app: Flask, key: Key) -> None:
    program = with_credential(app, key())
    assert program.get(case_url(app)).status_code == 200
    assert program.get(case_url(app, foreign=True)).status_code == 404


def test_a_key_does_no_more_than_its_scopes(app: Flask, key: Key) -> None:
    program = with_credential(app, key(scopes=("case:read",)))
    answer = program.get(case_url(app))
    assert answer.status_code == 200
    change = {"If-Match": answer.headers["ETag"]}
    assert program.patch(case_url(app), json={"remarks": "x"}, headers=change).status_code == 403
    assert program.get("/api/v1/lab_test").status_code == 403
    # Neither the key of the person nor a way to look people up by name.
    assert "person_id" not in answer.json["result"]
    sought = program.post("/api/v1/case/search", json={"person__kana": "ヤマダ"})
    assert sought.status_code == 422


def test_a_key_does_no_more_than_its_role_whatever_its_scopes(app: Flask, key: Key) -> None:
    program = with_credential(
        app, key(RoleName.CLINIC, ("case:write", "case:read"), "clinic-shinjuku")
    )
    answer = program.get(case_url(app))
    change = {"If-Match": answer.headers["ETag"]}
    assert program.patch(case_url(app), json={"remarks": "x"}, headers=change).status_code == 403


def test_what_the_role_may_not_see_is_left_out(app: Flask, key: Key) -> None:
    nurse = with_credential(app, key()).get(case_url(app)).json["result"]
    hotel = (
        with_credential(app, key(RoleName.HOTEL, at="hotel-shinjuku"))
        .get(case_url(app))
        .json["result"]
    )
    assert "remarks" in nurse
    assert "remarks" not in hotel
    assert "sex" in hotel


@pytest.mark.parametrize(
    "values",
    [
        {"expires_on": clock.today() - timedelta(days=1)},
        {"revoked_at": clock.now()},
        {"address_ranges": "192.0.2.0/24"},
    ],
)
def test_a_key_past_its_day_revoked_or_from_elsewhere_opens_nothing(
    app: Flask, key: Key, values: dict[str, Any]
) -> None:
    assert with_credential(app, key(**values)).get(case_url(app)).status_code == 401


def test_a_revoked_key_is_dead_at_the_next_call(app: Flask, key: Key) -> None:
    program = with_credential(app, key())
    assert program.get(case_url(app)).status_code == 200
    with app.app_context(), acting_as(cast.actor("saito")) as saito:
        revoke_key(db.session.scalars(select(ApiKey)).one(), by=saito)
    assert program.get(case_url(app)).status_code == 401


def test_of_a_key_only_its_hash_and_its_last_use_are_kept(app: Flask, key: Key) -> None:
    secret = key()
    with_credential(app, secret).get(case_url(app))
    with app.app_context(), acting_as(system_actor("test")):
        kept = db.session.scalars(select(ApiKeySecret)).one()
        assert kept.secret_hash == hash_of(secret)
        assert kept.used_at is not None
        assert secret not in str(vars(db.session.scalars(select(ApiKey)).one()))


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer hsk_" + "A" * 43, "Basic YTpi", "Bearer", ""]
)
def test_a_credential_that_is_none_opens_nothing_not_even_beside_a_session(
    app: Flask, header: str
) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    answer = nurse.get(case_url(app), headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_credential_opens_no_page_and_sets_no_cookie(app: Flask, key: Key) -> None:
    program = with_credential(app, key())
    assert program.get("/cases/list/").status_code == 303
    assert "Set-Cookie" not in program.get(case_url(app)).headers


def test_a_session_only_reads(app: Flask) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    tag = nurse.get(case_url(app)).headers["ETag"]
    for method in ("PATCH", "POST", "DELETE"):
        url = case_url(app) if method != "POST" else "/api/v1/lab_test"
        answer = nurse.open(url, method=method, json={}, headers={"If-Match": tag})
        assert answer.status_code in {403, 405}


@pytest.mark.parametrize("who", ["aoki", "endo", "oka"])
def test_only_id_administrators_issue_keys(app: Flask, who: str) -> None:
    with app.app_context(), acting_as(cast.actor(who)) as actor, pytest.raises(NotAllowed):
        issue_key(ApiKey(name="x", role="clinic", scopes=("case:read",)), by=actor)


def _filled(page: str, **typed: str) -> dict[str, Any]:
    expires = (clock.today() + timedelta(days=90)).isoformat()
    usual = {"name": "検査機器", "role": "health_centre_nurse", "expires_on": expires}
    return form_of(page) | usual | {"scopes": "case:read"} | typed


@pytest.fixture
def saito(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return cast.sign_in(app.test_client(), "saito")


def test_a_key_is_shown_once_and_works(app: Flask, saito: FlaskClient) -> None:
    form = _filled(saito.get("/api-keys/add").text)
    issued = saito.post("/api-keys/add", data=form).text
    secret = issued.partition("<code>")[2].partition("</code>")[0]
    assert secret.startswith("hsk_")
    assert with_credential(app, secret).get(case_url(app)).status_code == 200
    # The same form once more leads to the key, not to another one and not to its secret.
    again = saito.post("/api-keys/add", data=form)
    assert again.status_code == 303
    page = saito.get(again.location).text
    assert secret not in page
    assert secret[-6:] in page
    listed = saito.get("/api-keys/list/").text
    assert "検査機器" in listed
    assert "有効" in listed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"role": "ministry"}, "貴機関ではこのID種別を使用できません"),
        ({"scopes": ""}, "許可する操作を1つ以上"),
        ({"expires_on": "2019-01-01"}, "過去の日付"),
        ({"expires_on": "2099-01-01"}, "1年以内"),
        ({"address_ranges": "どこか"}, "192.0.2.10"),
        ({"role": "id_administrator"}, "一覧"),
    ],
)
def test_a_key_that_may_not_be_is_refused_at_its_item(
    app: Flask, saito: FlaskClient, typed: dict[str, str], told: str
) -> None:
    answer = saito.post("/api-keys/add", data=_filled(saito.get("/api-keys/add").text, **typed))
    assert answer.status_code == 422
    assert told in answer.text
    assert "検査機器" in answer.text
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.scalars(select(ApiKey)).all() == []


def test_revoking_asks_first(app: Flask, saito: FlaskClient, key: Key) -> None:
    program = with_credential(app, key())
    with app.app_context(), acting_as(system_actor("test")):
        number = db.session.scalars(select(ApiKey.id)).one()
    assert "直ちに利用できなくなります" in saito.get(f"/api-keys/revoke/{number}").text
    assert program.get(case_url(app)).status_code == 200
    assert saito.post(f"/api-keys/revoke/{number}").status_code == 303
    assert program.get(case_url(app)).status_code == 401
    assert saito.post(f"/api-keys/revoke/{number}").status_code == 409


@pytest.mark.parametrize(
    ("address", "ranges", "may"),
    [
        ("192.0.2.7", None, True),
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.3.7", "192.0.2.0/24, 198.51.100.1", False),
        ("198.51.100.1", "192.0.2.0/24、198.51.100.1", True),
        ("2001:db8::1", "2001:db8::/32", True),
        (None, "192.0.2.0/24", False),
        ("nonsense", "192.0.2.0/24", False),
    ],
)
def test_where_a_key_may_come_from(address: str | None, ranges: str | None, may: bool) -> None:
    assert may_come_from(address, ranges) is may


def test_limits_of_keys() -> None:
    today = clock.today()
    assert life_problem(today, today) is None
    assert life_problem(today - timedelta(days=1), today) == "past"
    assert life_problem(today + timedelta(days=367), today) == "long"
    assert beyond_role(RoleName.HOTEL, ("observation:write", "case:write")) == ("case:write",)
    with pytest.raises(ValueError, match="does not appear"):
        ranges_in("192.0.2.0/24 nonsense")
