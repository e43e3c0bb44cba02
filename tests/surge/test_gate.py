"""While notifications come first: what goes on, what waits, and who turns the switch."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.audit.models import HistoryEntry
from app.core.db import db
from app.core.errors import NotAllowed
from app.security.actor import acting_as, system_actor
from app.surge import service
from app.surge.gate import can_wait, put_in_force
from app.surge.models import SurgeSwitch
from app.surge.rules import LOAD
from tests.support import cast
from tests.support.reading import form_of

NEVER_WAITS = ("AuthView", "HomeView", "NotificationView", "CaseView", "LabTestView")
WAITS = (
    ("doi", "/statistics/"),
    ("oka", "/statistics/download?format=csv&area=japan"),
    ("baba", "/cases/{case}/symptoms"),
)


@pytest.fixture
def rush(app: Flask) -> Iterator[Flask]:
    """The portal under overload."""
    put_in_force(app, LOAD)
    yield app
    put_in_force(app, None)


@pytest.mark.parametrize(("who", "address"), WAITS)
def test_figures_graphs_and_files_are_put_off_without_a_statement(
    rush: Flask, who: str, address: str
) -> None:
    client = cast.sign_in(rush.test_client(), who)
    with rush.app_context():
        address = address.format(case=cast.own_episode().case)
        engine = db.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "300"
    assert "アクセスが集中しているため、届出を優先しています。" in answer.text
    assert statements == []


def test_an_asked_for_file_is_put_off_too(rush: Flask) -> None:
    client = cast.sign_in(rush.test_client(), "aoki")
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/cases/list/").text)
    assert found is not None
    assert client.post("/exports/case", data={"csrf_token": found[1]}).status_code == 503


def test_notifying_and_acceptance_go_on_and_every_page_says_what_rests(rush: Flask) -> None:
    clinic = cast.sign_in(rush.test_client(), "endo")
    for address in ("/notifications/new", "/notifications/list/", "/cases/list/", "/"):
        answer = clinic.get(address)
        assert answer.status_code == 200
        assert "届出を優先しています" in answer.text


def test_nothing_of_the_way_of_a_notification_may_ever_wait(app: Flask) -> None:
    waiting = {endpoint for endpoint in app.view_functions if can_wait(app, endpoint)}
    assert {"StatisticsView.page", "ExportView.ask", "CaseSymptomsView.symptoms"} <= waiting
    assert [one for one in waiting if one.partition(".")[0] in NEVER_WAITS] == []


def test_in_normal_service_nothing_is_put_off(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "doi")
    answer = client.get("/statistics/")
    assert answer.status_code == 200
    assert "届出を優先しています" not in answer.text


def test_the_ministry_turns_the_switch_and_history_knows_why(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "oka")
    form = form_of(client.get("/surge/").text)
    answer = client.post("/surge/turn", data=form | {"mode": "on", "reason": "第７波の入力集中"})
    assert answer.status_code == 303
    with app.app_context(), acting_as(system_actor("tests")):
        assert db.session.scalars(select(SurgeSwitch.mode)).all() == ["on"]
        entry = db.session.scalars(
            select(HistoryEntry).where(HistoryEntry.record_type == "surge_switch")
        ).one()
        assert (entry.user_name, entry.reason) == ("oka", "第7波の入力集中")


def test_a_switch_without_a_reason_stays(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "oka")
    form = form_of(client.get("/surge/").text)
    answer = client.post("/surge/turn", data=form | {"mode": "on", "reason": " "})
    assert answer.status_code == 422
    with app.app_context(), acting_as(system_actor("tests")):
        assert db.session.scalars(select(SurgeSwitch)).all() == []


def test_only_operators_turn_it(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("doi")) as doi, pytest.raises(NotAllowed):
        service.turn("off", "figures", by=doi)
