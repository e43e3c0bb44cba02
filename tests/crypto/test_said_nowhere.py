"""A marker typed everywhere appears in no log line, no error page, no answer to who may not see it."""

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, text, type_coerce, update

from app.core.db import db
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.persons.models import Person
from app.security import walls
from app.security.actor import acting_as, system_actor
from tests.access.doors import DOORS
from tests.access.test_walk import Visitor, _address, _key, _routes
from tests.notifications.samples import post
from tests.support import cast
from tests.support.pages import send

NAME, KANA, NUMBER = "標識野目印", "ヒョウシキノメジルシ", "07055556666"
MARKERS = (NAME, KANA, NUMBER, "ひょうしきの")


@pytest.fixture(autouse=True)
def _as_in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything logged by anybody, at the lowest level the libraries have for operation."""
    with caplog.at_level(logging.INFO):
        for name in ("sqlalchemy.engine", "werkzeug", "flask_appbuilder", "app"):
            logging.getLogger(name).setLevel(logging.INFO)
        yield lambda: "\n".join([caplog.text, *(str(record.__dict__) for record in caplog.records)])
        for name in ("sqlalchemy.engine", "werkzeug", "flask_appbuilder", "app"):
            logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def marked(app: Flask) -> cast.Episode:
    """The own case is that of the marked person, whose words stand in every text of theirs."""
    with app.app_context(), acting_as(system_actor("test")):
        episode = cast.own_episode()
        with transaction() as session:
            person = session.get_one(Person, episode.person)
            person.name, person.mobile_phone, person.address = NAME, NUMBER, f"{NAME}宅"
            person.kana = KANA
        db.session.remove()
    return episode


def _forms(episode: cast.Episode) -> list[tuple[str, dict[str, str]]]:
    typed = {"name": NAME, "kana": KANA, "remarks": NAME, "mobile_phone": NUMBER}
    return [
        ("/notifications/new", typed | {"step": "submit", "birth_on": NAME}),
        (f"/persons/edit/{episode.person}", typed | {"birth_on": NAME, "row_version_": "1"}),
        (f"/persons/edit/{episode.person}", typed | {"row_version_": "0"}),
        (f"/observations/add?case_id={episode.case}", {"remarks": NAME, "temperature": NAME}),
        (f"/contacts/new?case_id={episode.case}", typed | {"exposed_on": NAME}),
        ("/cases/list/", {"person__name": NAME, "person__kana": "ヒ"}),
        ("/cases/list/", {"person__mobile_phone": NUMBER, "nonsense": NAME}),
        (f"/nowhere/{episode.case}", typed),
        ("/login/", {"username": NAME, "password": NUMBER}),
        ("/jobs/1/cancel", typed),
    ]


def test_no_log_line_holds_what_was_typed_or_stored(
    app: Flask, marked: cast.Episode, lines: Callable[[], str]
) -> None:
    statuses = set()
    for who in ("endo", "aoki", "baba", "oka", "saito"):
        client = cast.sign_in(app.test_client(), who)
        for path, fields in _forms(marked):
            statuses.add(send(client, path, **fields).status_code)
        for path in ("/cases/list/", f"/cases/show/{marked.case}", "/nowhere", "/cases/show/x"):
            statuses.add(client.get(path).status_code)
    post(cast.sign_in(app.test_client(), "endo"), name=NAME, kana=KANA)
    assert {200, 303, 400, 403, 404, 422} <= statuses
    assert "SELECT" in lines()
    for marker in MARKERS:
        assert marker not in lines()


def test_an_error_of_the_database_names_no_value(
    app: Flask, marked: cast.Episode, lines: Callable[[], str]
) -> None:
    """The table loses a column under the running portal: every statement fails with its values."""
    with app.app_context(), walls.owner_engine().begin() as connection:
        connection.execute(text("ALTER TABLE person RENAME COLUMN kana TO gone"))
        connection.execute(text("ALTER TABLE notification RENAME COLUMN draft TO gone"))
    aoki, endo = (cast.sign_in(app.test_client(), who) for who in ("aoki", "endo"))
    answers = [
        aoki.get("/cases/list/"),
        aoki.get(f"/persons/edit/{marked.person}"),
        send(aoki, f"/persons/edit/{marked.person}", name=NAME, kana=KANA, row_version_="2"),
        aoki.post("/cases/list/", data={"person__name": NAME}),
        post(endo, name=NAME, kana=KANA),
        post(endo, step="draft", name=NAME, kana=KANA),
    ]
    assert [answer.status_code for answer in answers] == [500] * 6
    for answer in answers:
        assert not any(marker in answer.text for marker in MARKERS)
    assert "error " in lines()
    for marker in MARKERS:
        assert marker not in lines()


def test_a_job_that_breaks_on_a_record_says_where_and_not_whom(
    app: Flask, marked: cast.Episode, lines: Callable[[], str]
) -> None:
    with app.app_context():
        table = Person.__table__
        broken = type_coerce(NAME.encode(), LargeBinary)
        with walls.owner_engine().begin() as connection:
            connection.execute(update(table).where(table.c.id == marked.person).values(name=broken))
        clerk = cast.actor("aoki")
        parameters = {"resource": "case", "format": "csv", "filters": {"x": NAME}}
        with acting_as(clerk):
            row = enqueue("export", parameters, by=clerk, title="患者一覧")
        run_job(row.id)
        db.session.expunge_all()
        with acting_as(system_actor("test")):
            job = db.session.get_one(JobRun, row.id)
            assert job.state == "failed"
            assert NAME not in job.message
            assert job.parameters == {}
    assert "Unreadable" in lines()
    for marker in MARKERS:
        assert marker not in lines()


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["ito", "doi", "kato", "mori", "niida", "oka", "saito"])
def test_no_answer_to_a_role_without_identity_holds_it(
    app: Flask, marked: cast.Episode, who: str, lines: Callable[[], str]
) -> None:
    client: FlaskClient = cast.sign_in(app.test_client(), who)
    visitor = Visitor(app, client, who, marked, marked)
    asked = 0
    for endpoint, method in _routes(app):
        door = DOORS[endpoint]
        if door.is_open:
            continue
        address = _address(app, endpoint, door, _key(door, visitor.own))
        answer = client.open(
            address, method=method, data={"remarks": "x"} if method == "POST" else None
        )
        asked += 1
        for marker in MARKERS:
            # Files are bytes; what is compressed in them is read by tests/exports.
            assert marker.encode() not in answer.data, (endpoint, method, marker)
    assert asked > 50
    for marker in MARKERS:
        assert marker not in lines()
