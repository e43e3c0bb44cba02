"""関係保健所: set by the responsible health centre alone, seen at once, ended at once."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.cases.models import Case
from app.core.clock import frozen_at
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support import cast

BEFORE = datetime(2021, 8, 20, 3, 0, tzinfo=UTC)
AFTER = datetime(2021, 8, 20, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def _client(app: Flask, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def test_a_related_centre_sees_the_case_until_it_is_taken_off(app: Flask) -> None:
    with frozen_at(BEFORE):
        with app.app_context():
            case = cast.own_episode().case
            chiyoda = cast.actor("chiba").institution_id
        responsible, related = _client(app, "aoki"), _client(app, "chiba")
        assert related.get(f"/cases/show/{case}").status_code == 404
        path = f"/cases/{case}/related"
        assert responsible.post(path, data={"centre_id": str(chiyoda)}).status_code == 303
        assert "山田 花子" in related.get(f"/cases/show/{case}").get_data(as_text=True)
        page = responsible.get(path).get_data(as_text=True)
        assert "千代田区保健所" in page
        shown = responsible.get(f"/cases/show/{case}").get_data(as_text=True)
        assert path in shown
    end = page[page.index(f"/cases/{case}/related/") :].split('"')[0]
    with frozen_at(AFTER):
        assert responsible.post(end).status_code == 303
        assert related.get(f"/cases/show/{case}").status_code == 404


@pytest.mark.usefixtures("frozen_clock")
def test_a_related_centre_relates_nobody(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
        chiyoda, osaka = (cast.actor(who).institution_id for who in ("chiba", "zaizen"))
    path = f"/cases/{case}/related"
    _client(app, "aoki").post(path, data={"centre_id": str(chiyoda)})
    related = _client(app, "chiba")
    assert related.post(path, data={"centre_id": str(osaka)}).status_code == 403
    assert "<select" not in related.get(path).get_data(as_text=True)
    assert _client(app, "zaizen").get(f"/cases/show/{case}").status_code == 404


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("who", ["endo", "hc-shinjuku", "nobody"])
def test_only_another_open_health_centre_can_be_chosen(app: Flask, who: str) -> None:
    with app.app_context():
        case = cast.own_episode().case
        ids = {
            "endo": cast.actor("endo").institution_id,
            "hc-shinjuku": cast.actor("aoki").institution_id,
            "nobody": 99_999,
        }
    answer = _client(app, "aoki").post(f"/cases/{case}/related", data={"centre_id": str(ids[who])})
    assert answer.status_code == 422
    assert "error-summary" in answer.get_data(as_text=True)


def _edit(client: FlaskClient, case: int, **fields: str) -> TestResponse:
    page = client.get(f"/cases/edit/{case}").get_data(as_text=True)
    version = page.split('name="row_version_"')[1].split('value="')[1].split('"')[0]
    return client.post(f"/cases/edit/{case}", data={"row_version_": version, **fields})


def _stored(app: Flask, case: int) -> Case:
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.get_one(Case, case)


@pytest.mark.usefixtures("frozen_clock")
def test_a_related_centre_cannot_make_itself_responsible_through_the_form(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
        ours, chiyoda = (cast.actor(who).institution_id for who in ("aoki", "chiba"))
    _client(app, "aoki").post(f"/cases/{case}/related", data={"centre_id": str(chiyoda)})
    related = _client(app, "chiba")
    answer = _edit(related, case, responsible_centre_id=str(chiyoda))
    assert answer.status_code == 422
    assert "現在の担当保健所だけ" in answer.get_data(as_text=True)
    assert _stored(app, case).responsible_centre_id == ours
    assert _edit(related, case, remarks="電話で確認").status_code == 303


@pytest.mark.usefixtures("frozen_clock")
def test_a_case_handed_over_in_the_form_takes_authority_and_access_along(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
        chiba = cast.actor("chiba")
    answer = _edit(_client(app, "aoki"), case, responsible_centre_id=str(chiba.institution_id))
    assert answer.status_code == 303
    stored = _stored(app, case)
    assert stored.responsible_centre_id == chiba.institution_id
    assert stored.authority_id == chiba.authority_id
    assert _client(app, "chiba").get(f"/cases/show/{case}").status_code == 200
    assert _client(app, "aoki").get(f"/cases/show/{case}").status_code == 200


@pytest.mark.usefixtures("frozen_clock")
def test_a_case_cannot_be_handed_to_a_hotel(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
        hotel = cast.actor("goto").institution_id
    answer = _edit(_client(app, "aoki"), case, responsible_centre_id=str(hotel))
    assert answer.status_code == 422
    assert _stored(app, case).responsible_centre_id != hotel
