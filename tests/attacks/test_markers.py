"""A marker in every identifying text, and one typed into every form: neither is in any line of
the log, in any cookie, or on any page that says that something went wrong."""

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.core.db import db
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.messaging.mail import send_later
from app.security.actor import acting_as, system_actor
from tests.attacks.doors import addresses
from tests.attacks.planting import plant, text_items
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import send
from tests.support.tampering import unguarded
from tests.support.visitor import token_of

pytestmark = pytest.mark.one_database

STORED, TYPED, PHONE = "標識野目印", "打鍵標識", "07055556666"
MARKERS = (STORED, TYPED, PHONE)
# Error pages that hold no form: whatever stands on them, it is no value of anybody.
BARE = frozenset({400, 401, 403, 404, 405, 413, 500})
LOUD = ("sqlalchemy.engine", "werkzeug", "flask_appbuilder", "app")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything logged by anybody, at the lowest level there is for operation."""
    with caplog.at_level(logging.INFO):
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.INFO)
        yield lambda: "\n".join([caplog.text, *(str(r.__dict__) for r in caplog.records)])
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def marked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Episode:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for kind in ("search", "upload", "api"):
        monkeypatch.setitem(app.config["RATE_LIMITS"], kind, "100000 per 5 minutes")
    with app.app_context():
        episode = cast.own_episode()
        planted = plant(STORED, personal=True)
    personal = [item for _table, item in text_items(personal=True)]
    assert len(planted) == len(personal) > 40
    return episode


def says_nothing(client: FlaskClient, answer: TestResponse, where: object) -> None:
    """Neither the answer's headers, nor its cookie, nor an error page holds a marker."""
    headers = str(answer.headers)
    with client.session_transaction() as session:
        kept = str(dict(session))
    for marker in MARKERS:
        assert marker not in headers, where
        assert marker not in kept, where
        # Who saves a record that is gone gets back what was typed, to copy it.
        given_back = answer.status_code == 404 and answer.request.method == "POST"
        if answer.status_code in BARE and not (given_back and marker is not STORED):
            assert marker not in answer.text, where


@pytest.mark.parametrize("who", ["aoki", "saito"])
def test_no_refusal_quotes_what_is_stored_or_typed(
    app: Flask,
    marked: Episode,
    who: str,
    lines: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client, statuses = cast.sign_in(app.test_client(), who), set()
    fields = {"name": TYPED, "kana": TYPED, "remarks": TYPED, "mobile_phone": PHONE}
    for door in addresses(app, marked, "GET", "POST"):
        if door.endpoint.startswith(("AuthView", "static")) or door.door.bearer:
            continue
        sent = {} if door.method == "GET" else {"data": fields | {"row_version_": "0"}}
        answer = client.open(door.path, method=door.method, buffered=True, **sent)
        says_nothing(client, answer, (who, door.endpoint, door.method))
        statuses.add(answer.status_code)
    for answer in _further(client, marked):
        says_nothing(client, answer, who)
        statuses.add(answer.status_code)
    assert {400, 403, 404, 405} <= statuses, statuses
    if who == "aoki":
        assert {409, 413, 422} <= statuses
    for marker in MARKERS:
        assert marker not in lines()


def _further(client: FlaskClient, episode: Episode) -> Iterator[TestResponse]:
    yield client.get(f"/nowhere/{TYPED}?q={TYPED}")
    yield client.get(f"/cases/show/{TYPED}")
    yield client.get(f"/cases/list/?person__name={TYPED}")
    yield client.delete(f"/cases/show/{episode.case}", data={"name": TYPED})
    yield client.post("/cases/list/", data={"person__kana": TYPED * 300_000})
    yield client.get("/cases/list/", headers={"Cookie": f"hersys={PHONE}", "User-Agent": TYPED})


def test_who_searches_too_often_is_told_and_nobody_else_reads_it(
    app: Flask, marked: Episode, lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config["RATE_LIMITS"], "search", "1 per 5 minutes")
    client = cast.sign_in(app.test_client(), "aoki")
    token = token_of(client.get("/cases/list/").text)
    typed = {"csrf_token": token, "person__name": TYPED}
    answers = [client.post("/cases/list/", data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    says_nothing(client, answers[1], "429")
    # Given back to its sender in hidden fields; nothing that is stored stands beside it.
    assert TYPED in answers[1].text
    assert STORED not in answers[1].text
    for marker in MARKERS:
        assert marker not in lines()


def test_a_database_that_fails_on_every_page_names_no_value(
    app: Flask, marked: Episode, lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = cast.sign_in(app.test_client(), "aoki")
    with app.app_context(), unguarded() as connection:
        for table, column in (("person", "kana"), ("case_record", "status")):
            connection.execute(text(f"ALTER TABLE {table} RENAME COLUMN {column} TO gone"))
    broken = 0
    for door in addresses(app, marked, "GET", "POST"):
        if door.door.resource not in {"case", "person", "contact", "observation"}:
            continue
        sent = {"data": {"name": TYPED, "kana": TYPED, "row_version_": "1"}}
        options = sent if door.method == "POST" else {}
        answer = client.open(door.path, method=door.method, buffered=True, **options)
        says_nothing(client, answer, door.endpoint)
        broken += answer.status_code == 500
    assert broken > 20
    assert "error " in lines()
    for marker in MARKERS:
        assert marker not in lines()


def test_a_mail_that_fails_leaves_no_address_behind(
    app: Flask, lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": 9, "MAIL_FROM": "portal@portal.example"}
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    with app.app_context():
        with acting_as(system_actor("tests")), transaction():
            assert send_later(to="hyoshiki@mail.example", subject=TYPED, text=STORED)
            assert send_later(to="hyoshiki@mail.example\r\nBcc: x@x", subject=TYPED, text=STORED)
        with acting_as(system_actor("tests")):
            keys = list(db.session.scalars(select(JobRun.id).where(JobRun.kind == "mail")))
        for key in keys:
            run_job(key)
        db.session.expunge_all()
        with acting_as(system_actor("tests")):
            told = [job.message for job in db.session.scalars(select(JobRun))]
    assert len(told) == 2
    for marker in (*MARKERS, "hyoshiki"):
        assert marker not in lines()
        assert not any(marker in (message or "") for message in told)


def test_every_kind_of_work_that_breaks_names_nobody(
    app: Flask, marked: Episode, lines: Callable[[], str]
) -> None:
    """A clerk's list is asked for, and the table behind it is gone when the work begins."""
    with app.app_context():
        clerk = cast.actor("aoki")
        with acting_as(clerk), transaction():
            sent = {"resource": "case", "format": "csv", "filters": {"x": TYPED}}
            job = enqueue("export", sent, by=clerk, title="患者一覧")
        with unguarded() as connection:
            connection.execute(text("ALTER TABLE person RENAME COLUMN name TO gone"))
        run_job(job.id)
        db.session.expunge_all()
        with acting_as(system_actor("tests")):
            failed = db.session.get_one(JobRun, job.id)
            assert failed.state == "failed"
            assert failed.parameters == {}
            assert not any(marker in failed.message for marker in MARKERS)
    for marker in MARKERS:
        assert marker not in lines()


def test_a_forged_line_cannot_be_brought_into_the_log(
    app: Flask, lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    client.get("/cases/show/1%0aERROR%20forged", headers={"User-Agent": "x"})
    client.open("/cases/list/%0d%0aforged", method="POST")
    send(client, "/cases/list/%0aforged")
    assert "refused 4" in lines()
    assert "forged" not in lines()
