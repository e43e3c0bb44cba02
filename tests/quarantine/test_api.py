"""A station's own system sends the list."""

from typing import Any

import pytest
from flask import Flask

from app.security.actor import acting_as
from tests.quarantine.conftest import everybody
from tests.support import cast

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]
PERSON = {
    "questionnaire_id": "Q-1",
    "kana": "サトウ カエコ",
    "birth_on": "1975-04-01",
    "arrived_on": "2021-08-20",
    "address": "東京都新宿区西新宿2-8-1",
    "phone": "090-0000-0001",
}


def _sent(app: Flask, who: str = "nemoto", **body: Any) -> Any:
    client = cast.with_token(app.test_client(), who)
    return client.post(
        "/api/v1/returnee_list", json={"number": "HND-1", "people": [PERSON], **body}
    )


def test_a_list_is_looked_through_and_handed_over_with_apply(app: Flask) -> None:
    looked = _sent(app)
    assert (looked.status_code, looked.json["result"]["state"]) == (201, "review")
    with app.app_context():
        assert everybody() == []
    faulty = PERSON | {"questionnaire_id": "Q-2", "phone": None}
    done = _sent(app, apply=True, people=[PERSON, faulty]).json["result"]
    assert (done["state"], [row["outcome"] for row in done["rows"]]) == (
        "applied",
        ["new", "rejected"],
    )
    assert done["rows"][1]["errors"][0]["field"] == "phone"
    again = _sent(app, apply=True).json["result"]
    assert again["rows"] == [{"row": 1, "outcome": "same", "errors": []}]
    with app.app_context(), acting_as(cast.actor("aoki")):
        assert len(everybody()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"people": []},
        {"people": "x"},
        {"people": [{"passport": "X"}]},
        {"people": [{"kana": 3}]},
        {"apply": "yes"},
        {"number": 3},
        {"number": ""},
        {"more": 1},
    ],
)
def test_what_is_no_list_is_refused_with_its_place(app: Flask, body: dict[str, Any]) -> None:
    answer = _sent(app, **body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_nobody_else_sends_lists(app: Flask) -> None:
    assert _sent(app, "aoki").status_code == 403
    browser = cast.sign_in(app.test_client(), "nemoto")
    assert browser.post("/api/v1/returnee_list", json={}).status_code in {400, 403}
