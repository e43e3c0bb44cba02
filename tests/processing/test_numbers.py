"""The processing number: sent once, verified once, tied to nobody afterwards."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.devtools.sms_provider import Provider
from app.messaging.delivery import deliver_due
from app.messaging.models import Message
from app.processing.models import ProcessingNumber
from app.processing.rules import TEST_NUMBERS, is_number, new_number
from app.processing.service import expire, issue
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
TESTS = system_actor("tests")
KEY = "key of the app's server"


@pytest.fixture(autouse=True)
def opened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PROCESSING_NUMBER_KEY", KEY)


def issued(app: Flask, provider: Provider) -> str:
    """A number as it reached the patient."""
    with app.app_context():
        by = cast.actor("aoki")
        with acting_as(by):
            case = db.session.get(Case, cast.own_episode().case)
            assert case is not None
            issue(case, "sms", "ja", by=by)
        deliver_due()
    found = re.search(r"[0-9]{8}", list(provider.taken.values())[-1].text)
    assert found is not None
    return found[0]


def verified(app: Flask, body: Any, key: str = KEY) -> tuple[int, Any]:
    answer = app.test_client().post(
        "/processing-number/verify",
        data=json.dumps(body),
        headers={"Ocp-Apim-Subscription-Key": key, "Content-Type": "application/json"},
    )
    return answer.status_code, answer.get_json(silent=True)


def rows(app: Flask) -> list[tuple[str, int | None, object]]:
    with app.app_context(), acting_as(TESTS):
        found = db.session.execute(
            select(ProcessingNumber.state, ProcessingNumber.case_id, ProcessingNumber.expires_at)
        )
        return [tuple(row) for row in found]  # type: ignore[misc]


def test_a_number_is_genuine_once_and_then_tied_to_nobody(app: Flask, provider: Provider) -> None:
    number = issued(app, provider)
    assert rows(app)[0][1] is not None
    assert verified(app, {"processingNumber": number}) == (200, {"result": "0"})
    assert verified(app, {"processingNumber": number}) == (200, {"result": "1"})
    assert rows(app) == [("used", None, None)]
    with app.app_context(), acting_as(TESTS):
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                assert number not in str(row), table.name
        sent = db.session.scalar(select(Message))
        assert sent is not None
        assert sent.body is None


def test_a_number_ends_by_itself_and_with_the_next_one(app: Flask, provider: Provider) -> None:
    first = issued(app, provider)
    second = issued(app, provider)
    assert verified(app, {"processingNumber": first}) == (200, {"result": "1"})
    with clock.frozen_at(NOON + timedelta(hours=24)):
        assert verified(app, {"processingNumber": second}) == (200, {"result": "1"})
        with app.app_context():
            assert expire() == 1
    assert rows(app) == [("expired", None, None)] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"processingNumber": "1234567"},
        {"processingNumber": "１２３４５６７８"},
        {"processingNumber": 12345678},
        {"processingNumber": "12345678\n"},
        {"number": "12345678"},
        [],
        None,
    ],
)
def test_anything_else_is_no_number(app: Flask, body: Any) -> None:
    assert verified(app, body) == (200, {"result": "1"})


def test_the_door_is_closed_without_the_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verified(app, {}, key="wrong")[0] == 401
    monkeypatch.setitem(app.config, "PROCESSING_NUMBER_KEY", "")
    assert verified(app, {}, key="")[0] == 404


def test_whoever_tries_numbers_is_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {**app.config["RATE_LIMITS"], "processing_number_wrong": "3 per 15 minutes"}
    monkeypatch.setitem(app.config, "RATE_LIMITS", limits)
    wrong = [verified(app, {"processingNumber": f"0000000{n}"})[0] for n in range(4)]
    assert wrong == [200, 200, 200, 429]


def test_it_is_issued_on_a_positive_and_to_somebody_who_can_be_reached(app: Flask) -> None:
    with app.app_context():
        by, key = cast.actor("aoki"), cast.own_episode().case
        with acting_as(by):
            case = db.session.get(Case, key)
            assert case is not None
            with pytest.raises(InvalidInput):
                issue(case, "mail", "ja", by=by)
            with transaction():
                case.diagnosis_type = "suspected"
            with acting_as(TESTS), transaction():
                for test in case.lab_tests:
                    test.result = "negative"
            with pytest.raises(InvalidState):
                issue(case, "sms", "ja", by=by)


@pytest.mark.one_database
def test_numbers_are_eight_random_digits() -> None:
    numbers = {new_number() for _ in range(200)}
    assert len(numbers) == 200
    assert all(is_number(one) for one in numbers)
    assert not numbers & TEST_NUMBERS
