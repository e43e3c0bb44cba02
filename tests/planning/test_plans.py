"""Saved bed plans: kept, replaced, compared, removed, and for whom they exist."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.core.db import db
from app.planning.models import BedPlan
from tests.planning.conftest import ASKED
from tests.statistics.conftest import as_system
from tests.support import cast
from tests.support.pages import send


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def save(client: Any, name: str = "第5波", **more: str) -> Any:
    return send(client, "/planning/beds/save", **(ASKED | {"name": name} | more))


def plans(app: Flask) -> list[BedPlan]:
    with as_system(app):
        return list(db.session.scalars(select(BedPlan).order_by(BedPlan.id)))


def test_a_plan_is_kept_under_its_name_with_its_history(epidemic: Flask) -> None:
    client = cast.sign_in(epidemic.test_client(), "doi")
    assert save(client, note="夏の計画", number="1.8", scenario="own").status_code == 303
    assert save(client, note="改めた計画", number="1.4", scenario="own").status_code == 303
    (plan,) = plans(epidemic)
    assert (plan.note, plan.prefecture_code) == ("改めた計画", "13")
    kept = dict(map(tuple, plan.assumptions))
    assert (kept["number"], kept["scenario"], kept["beds_3"]) == ("1.4", "own", "150")
    # A plan starts from the day it is opened on.
    assert not {"from", "to"} & set(kept)
    with as_system(epidemic):
        written = db.session.scalars(
            select(HistoryEntry.action).where(HistoryEntry.record_type == "bed_plan")
        ).all()
    assert len(written) == 2
    opened = client.get(f"/planning/beds/{plan.id}", follow_redirects=True)
    assert "改めた計画" in opened.text
    assert 'value="1.4"' in opened.text


@pytest.mark.one_database
def test_a_name_is_asked_for_and_nothing_typed_is_lost(epidemic: Flask) -> None:
    client = cast.sign_in(epidemic.test_client(), "doi")
    answer = save(client, name=" ", note="理由の説明", number="1.25")
    assert answer.status_code == 422
    assert "理由の説明" in answer.text
    assert 'value="1.25"' in answer.text
    assert save(client, name="あ" * 61, note="い" * 390).status_code == 422
    broken = save(client, name="計画A", note="理由の説明", number="-1")
    assert broken.status_code == 400
    assert plans(epidemic) == []


def test_a_plan_exists_for_its_area_and_is_removed_by_whoever_saved_it(epidemic: Flask) -> None:
    save(cast.sign_in(epidemic.test_client(), "doi"), name="都の計画")
    save(cast.sign_in(epidemic.test_client(), "aoki"), name="新宿の計画")
    whole, centre = (plan.id for plan in plans(epidemic))
    seen = {
        "doi": (303, 303),
        "oka": (303, 303),
        # An authority and a health centre do not plan for the prefecture.
        "ito": (404, 303),
        "aoki": (404, 303),
        "chiba": (404, 404),
        "zaizen": (404, 404),
    }
    for who, (of_prefecture, of_centre) in seen.items():
        client = cast.sign_in(epidemic.test_client(), who)
        assert client.get(f"/planning/beds/{whole}").status_code == of_prefecture, who
        assert client.get(f"/planning/beds/{centre}").status_code == of_centre, who
        listed = client.get("/planning/beds/").text
        assert ("新宿の計画" in listed) is (of_centre == 303), who
    foreign = cast.sign_in(epidemic.test_client(), "oka")
    assert foreign.post(f"/planning/beds/{whole}/remove").status_code == 403
    own = cast.sign_in(epidemic.test_client(), "doi")
    assert own.post(f"/planning/beds/{whole}/remove").status_code == 303
    assert [plan.id for plan in plans(epidemic)] == [centre]


@pytest.mark.one_database
def test_two_plans_side_by_side(epidemic: Flask) -> None:
    client = cast.sign_in(epidemic.test_client(), "doi")
    save(client, name="現状維持", scenario="continued")
    save(client, name="対策あり", scenario="halved", beds_3="300")
    first, second = (plan.id for plan in plans(epidemic))
    html = client.get(f"/planning/beds/compare?first={first}&second={second}").text
    assert html.index("現状維持") < html.index("対策あり")
    assert html.count("planning-differs") == 2
    assert client.get(f"/planning/beds/compare?first={first}&second=999999").status_code == 404
    assert client.get(f"/planning/beds/compare?first={first}").status_code == 303
    for wrong in (f"first={first}&second=x", f"first={first}&second={second}&to=soon"):
        assert client.get(f"/planning/beds/compare?{wrong}").status_code == 400
    # Before the epidemic there is nothing to compare: told on the page of scenarios.
    long_ago = client.get(f"/planning/beds/compare?first={first}&second={second}&to=2020-01-31")
    assert long_ago.status_code == 303


@pytest.mark.one_database
def test_a_source_of_one_s_own_stands_beside_its_number_and_the_past_can_be_compared(
    epidemic: Flask,
) -> None:
    client = cast.sign_in(epidemic.test_client(), "doi")
    source = "都の第4波の実績（6月）"
    long = save(client, source_admitted="あ" * 121)
    assert (long.status_code, "あ" * 121 in long.text) == (422, True)
    shown = save(client, admitted="25", source_admitted=source, source_hotel=" ")
    assert shown.headers["Location"].endswith(f"plan={plans(epidemic)[0].id}")
    assert client.get(shown.headers["Location"]).text.count(source) >= 3
    save(client, admitted="30", source_admitted="", note="第5波に合わせた")
    (plan,) = plans(epidemic)
    assert plan.sources is None
    # A number changed on the way is no longer the one the source speaks of.
    assert source not in client.get(f"/planning/beds/?plan={plan.id}&admitted=31").text
    html = client.get(f"/planning/beds/{plan.id}/history").text
    assert "25 ％ → 30 ％" in html
    assert f"{source} → －" in html
    address = f"/planning/beds/compare?first={plan.id}&second={plan.id}&number="
    assert f"25 – {source}" in client.get(f"{address}1").text
    assert client.get(f"{address}9").status_code == 404
    foreign = cast.sign_in(epidemic.test_client(), "zaizen")
    assert foreign.get(f"/planning/beds/{plan.id}/history").status_code == 404
    assert foreign.get(f"/planning/beds/?plan={plan.id}").status_code == 404
