"""The pages of retention, and what becomes of the pages of an anonymised record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.core.transaction import transaction
from app.retention.models import RetentionEntry, RetentionHold, RetentionRule
from app.security.actor import acting_as, system_actor
from tests.retention.conftest import DUE, LISTED, apply, decide, entries, keys, on, preview
from tests.support import cast
from tests.support.pages import send, statements
from tests.support.world import forget

Visit = Callable[[str], FlaskClient]
PREVIEW, RULES, HOLDS = "/retention/preview/list/", "/retention/rules", "/retention/holds"


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        keys.own, keys.foreign = cast.own_episode(), cast.foreign_episode()
        forget()
    return lambda who: cast.sign_in(app.test_client(), who)


def listed(app: Flask) -> None:
    with app.app_context():
        decide()
        preview(LISTED)


def anonymised(app: Flask) -> None:
    listed(app)
    with app.app_context():
        assert apply(DUE).anonymised == 1


def test_the_preview_shows_each_centre_its_own_records_and_nobody_a_name(
    app: Flask, visit: Visit
) -> None:
    listed(app)
    with on(LISTED):
        own, officer, other = (visit(w).get(PREVIEW).text for w in ("aoki", "hogo", "chiba"))
        for page in (own, officer):
            assert "00000018" in page
            assert "届出日から5年" in page
            assert "2026/08/13" in page
        assert "00000018" not in other
        assert "匿名化予定の記録はありません" in other or "Nothing stands" in other
        for page in (own, officer, other):
            assert "山田" not in page
        assert visit("doi").get(PREVIEW).status_code in {403, 404}
        assert visit("oka").get(f"{RULES}/list/").status_code == 200


def test_the_officer_decides_for_the_own_institution_and_says_why(app: Flask, visit: Visit) -> None:
    typed = {
        "kind": "case",
        "event": "case_reported",
        "amount": "5",
        "unit": "years",
        "basis": "文書管理規程",
    }
    with on(LISTED):
        client = visit("hogo")
        assert send(client, f"{RULES}/add", **(typed | {"basis": ""})).status_code == 422
        assert send(client, f"{RULES}/add", **(typed | {"event": "draft_begun"})).status_code == 422
        short = {"amount": "29", "unit": "days"}
        assert send(client, f"{RULES}/add", **(typed | short)).status_code == 422
        assert send(client, f"{RULES}/add", **typed).status_code == 303
        assert send(client, f"{RULES}/add", **typed).status_code == 422
        assert send(visit("aoki"), f"{RULES}/add", **typed).status_code in {403, 404}
    with app.app_context(), acting_as(system_actor("test")):
        rule = db.session.query(RetentionRule).one()
        assert rule.institution_id == cast.actor("hogo").institution_id
        rule_id = rule.id
        with transaction():
            rule.institution_id = cast.actor("zaizen").institution_id
    with on(LISTED):
        assert visit("hogo").get(f"{RULES}/edit/{rule_id}").status_code == 403


def test_a_hold_is_placed_on_the_page_of_the_case_and_released_with_a_reason(
    app: Flask, visit: Visit
) -> None:
    listed(app)
    with on(LISTED):
        clerk, nurse = visit("aoki"), visit("baba")
        case = keys.own.case
        assert f"{HOLDS}/add?case_id={case}" in clerk.get(f"/cases/show/{case}").text
        add = f"{HOLDS}/add?case_id={case}"
        assert send(nurse, add, reach="record", reason="").status_code == 422
        assert (
            send(nurse, add, reach="record", reason="訴訟", until_on="2020/1/1").status_code == 422
        )
        assert send(nurse, add, reach="person", reason="訴訟").status_code == 303
        foreign = f"{HOLDS}/add?case_id={keys.foreign.case}"
        assert send(nurse, foreign, reach="record", reason="訴訟").status_code == 404
    with app.app_context():
        assert entries() == [("case", "left", "held")]
        with acting_as(system_actor("test")):
            hold = db.session.query(RetentionHold).one()
            assert (hold.reference, hold.placed_by, hold.person_id) == (
                "00000018",
                "馬場 二葉",
                keys.own.person,
            )
            release = f"{HOLDS}/release/{hold.id}"
    with on(LISTED):
        assert "訴訟" in clerk.get(f"/cases/show/{case}?tab=holds").text
        assert "訴訟" in visit("hogo").get(f"{HOLDS}/list/").text
        assert "訴訟" not in visit("chiba").get(f"{HOLDS}/list/").text
        assert send(nurse, release, reason="和解").status_code in {403, 404}
        assert send(clerk, release, reason="").status_code == 422
        assert send(clerk, release, reason="和解").status_code == 303
        assert "和解" in clerk.get(f"/cases/history/{case}").text


def test_an_anonymised_case_says_so_and_is_found_by_nobody(app: Flask, visit: Visit) -> None:
    with on(LISTED):
        found = visit("aoki").post("/cases/list/", data={"person__name": "山田"})
        assert "00000018" in found.text
    anonymised(app)
    with on(DUE + timedelta(days=1)):
        client, case = visit("aoki"), keys.own.case
        page = client.get(f"/cases/show/{case}").text
        assert "2026/08/13" in page
        assert "届出日から5年" in page
        assert "66" in page
        assert "未入力</" not in page.split("未入力の項目")[0]
        for text in (
            page,
            client.get("/cases/list/").text,
            client.get(f"/cases/history/{case}").text,
            client.get(f"/persons/show/{keys.own.person}").text,
            client.get(f"/notifications/show/{keys.own.notification}").text,
        ):
            assert "山田 花子" not in text.replace("山田 花子の医師", "")
        assert f"/cases/edit/{case}" not in page
        assert client.get(f"/cases/edit/{case}").status_code == 409
        assert client.get(f"/persons/edit/{keys.own.person}").status_code == 409
        assert client.get(f"/lab-tests/add?case_id={case}").status_code == 409
        found = client.post("/cases/list/", data={"person__name": "山田"})
        assert "00000018" not in found.text


def test_the_pages_ask_the_database_the_same_number_of_times_whatever_stands_on_them(
    app: Flask, visit: Visit
) -> None:
    listed(app)
    few = _counted(app, visit)
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        one = session.query(RetentionEntry).one()
        names = [
            c.key for c in RetentionEntry.__table__.columns if c.key not in {"id", "record_id"}
        ]
        for number in range(60):
            values = {name: getattr(one, name) for name in names}
            session.add(RetentionEntry(**values, record_id=1000 + number))
    many = _counted(app, visit)
    # Beyond one page the rows are counted by a statement of their own.
    assert many == {**few, "preview": few["preview"] + 1}
    assert all(number <= 8 for number in many.values()), many


def _counted(app: Flask, visit: Visit) -> dict[str, int]:
    counts = {}
    with on(LISTED):
        client = visit("aoki")
        for name, path in (
            ("preview", PREVIEW),
            ("rules", f"{RULES}/list/"),
            ("holds", f"{HOLDS}/list/"),
        ):
            client.get(path)
            with statements(app) as sent:
                assert client.get(path).status_code == 200
            counts[name] = len(sent)
    return counts


def test_the_commands_do_what_the_worker_does(app: Flask, visit: Visit) -> None:
    with app.app_context():
        decide()
    run = app.test_cli_runner().invoke
    with on(LISTED):
        assert "1 entered, 0 taken off" in run(args=["retention", "preview"]).output
        assert "0 records anonymised" in run(args=["retention", "apply"]).output
    with on(DUE):
        assert "1 records anonymised" in run(args=["retention", "apply"]).output
        assert "0 records anonymised" in run(args=["retention", "apply"]).output
