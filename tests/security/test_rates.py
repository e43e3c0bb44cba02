"""What is asked for too often is refused with the time to come back, for searches and programs."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import frozen_at
from app.core.errors import TooMany
from app.security.rates import count_try, purge_counts, refuse_if_spent, spend
from tests.support import cast
from tests.support.clock import NOON
from tests.support.visitor import token_of


@pytest.fixture
def limits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("search", "api"):
        monkeypatch.setitem(app.config["RATE_LIMITS"], kind, "3 per 5 minutes")


def search(client: FlaskClient) -> tuple[int, str]:
    token = token_of(client.get("/cases/list/").text)
    answer = client.post("/cases/list/", data={"csrf_token": token, "person__kana": "ヤマダ"})
    return answer.status_code, answer.text


@pytest.mark.usefixtures("limits")
def test_searches_by_name_are_limited_and_what_was_typed_is_kept(app: Flask) -> None:
    with frozen_at(NOON):
        client = cast.sign_in(app.test_client(), "aoki")
        assert [search(client)[0] for _ in range(3)] == [200] * 3
        status, page = search(client)
        assert status == 429
        # One press sends the same again; nothing of it stands in an address.
        assert 'type="hidden"' in page
        assert 'value="ヤマダ"' in page
        assert client.get("/cases/list/").status_code == 200
        # Somebody else is not hurt.
        assert search(cast.sign_in(app.test_client(), "chiba"))[0] == 200
    with frozen_at(NOON + timedelta(minutes=5)):
        assert search(cast.sign_in(app.test_client(), "aoki"))[0] == 200


@pytest.mark.usefixtures("limits")
def test_programs_are_told_in_seconds(app: Flask) -> None:
    with frozen_at(NOON):
        client = cast.sign_in(app.test_client(), "aoki")
        codes = [client.get("/api/v1/case").status_code for _ in range(3)]
        answer = client.get("/api/v1/case")
    assert codes == [200] * 3
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert answer.json is not None
    assert "detail" in answer.json


def test_tries_at_the_same_instant_all_count(app: Flask) -> None:
    def one() -> None:
        with app.app_context(), app.test_request_context("/"):
            count_try("activation_address", "192.0.2.1")

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.test_request_context("/"):
        for _ in range(21):
            spend("activation_address", "192.0.2.1")
        refuse_if_spent(("activation_address", "192.0.2.1"))
        spend("activation_address", "192.0.2.1")
        with pytest.raises(TooMany):
            refuse_if_spent(("activation_address", "192.0.2.1"))
        refuse_if_spent(("activation_address", "192.0.2.2"))


def test_counts_of_windows_that_are_over_are_thrown_away(app: Flask) -> None:
    with app.test_request_context("/"):
        with frozen_at(NOON):
            spend("search", "1")
        with frozen_at(NOON + timedelta(minutes=4)):
            assert purge_counts() == 0
        with frozen_at(NOON + timedelta(minutes=5)):
            assert purge_counts() == 1
