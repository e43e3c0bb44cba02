"""What exists and what does not is answered alike: same words, same work, nothing to measure.

Work is compared, not the clock: the statements sent and the hashes computed.
"""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import login
from app.accounts.models import Account
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.attacks.doors import addresses
from tests.support import cast
from tests.support.pages import statements
from tests.support.visitor import token_of

pytestmark = pytest.mark.one_database
WRONG = "wrong-wrong-wrong"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of the hashes that were computed."""
    computed: list[str] = []
    real = login.check_password_hash

    def compare(stored: str, password: str) -> bool:
        computed.append(stored.split("$", maxsplit=1)[0])
        return real(stored, password)

    monkeypatch.setattr(login, "check_password_hash", compare)
    return computed


def work(app: Flask, client: FlaskClient, method: str, path: str, **sent: Any) -> tuple[Any, ...]:
    """(status, page, statements) of one request, without what differs by itself."""
    with statements(app) as asked:
        answer = client.open(path, method=method, buffered=True, **sent)
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    return answer.status_code, re.sub(r"\d{5,}|\b[0-9a-f]{32}\b", "", page), asked


def test_a_foreign_record_costs_the_work_of_one_that_does_not_exist(app: Flask) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
    client, compared = cast.sign_in(app.test_client(), "aoki"), 0
    program = cast.with_token(app.test_client(), "aoki")
    client.get("/cases/list/")
    for door in addresses(app, foreign, "GET"):
        if door.door.record in {None, "none"}:
            continue
        key = str(getattr(foreign, door.door.record))
        gone = re.sub(rf"(?<=[/=]){key}\b", "987654", door.path)
        assert gone != door.path, door.endpoint
        who = program if door.door.bearer else client
        theirs, missing = (work(app, who, "GET", path) for path in (door.path, gone))
        assert theirs[0] == missing[0], door.endpoint
        assert theirs[0] in {403, 404}, door.endpoint
        assert theirs[1] == missing[1], door.endpoint
        assert theirs[2] == missing[2], door.endpoint
        compared += 1
    assert compared > 50


def test_a_number_of_a_foreign_case_is_searched_like_one_nobody_has(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("tests")):
        from app.cases.models import Case
        from app.cases.rules import case_number
        from app.core.db import db

        number = db.session.get_one(Case, cast.foreign_episode().case).number
        nobody = case_number(7_654_321)
    client = cast.sign_in(app.test_client(), "aoki")
    client.get("/cases/list/")
    answers = []
    for asked in (number, nobody):
        status, page, sent = work(app, client, "GET", f"/cases/list/?number={asked}")
        answers.append((status, page.replace(asked or "", ""), sent))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


def test_the_login_does_the_same_for_a_name_nobody_has(app: Flask, hashes: list[str]) -> None:
    answers = []
    for name in ("aoki", "nobody"):
        client = app.test_client()
        token = token_of(client.get("/login/").text)
        sent = {"csrf_token": token, "username": name, "password": WRONG}
        status, page, asked = work(app, client, "POST", "/login/", data=sent)
        answers.append((status, page.replace(name, ""), asked))
    assert answers[0] == answers[1]
    assert len(hashes) == 2
    assert len(set(hashes)) == 1


def test_a_token_for_programs_does_the_same(app: Flask, hashes: list[str]) -> None:
    answers = [
        work(
            app,
            app.test_client(),
            "POST",
            "/api/v1/token",
            json={"username": name, "password": WRONG, "one_time_password": "000000"},
        )
        for name in ("aoki", "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert len(hashes) == 2


def test_an_activation_does_the_same(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("tests")), transaction() as session:
        account = session.query(Account).filter(Account.user.has(username="baba")).one()
        account.awaits_activation = True
    answers = []
    for name in ("baba", "aoki", "nobody"):
        client = app.test_client()
        token = token_of(client.get("/activate").text)
        sent = {"csrf_token": token, "username": name, "code": "ABCD-EFGH-JKLM-NPQR"}
        status, page, asked = work(app, client, "POST", "/activate", data=sent)
        answers.append((status, page.replace(name, ""), asked))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 422
