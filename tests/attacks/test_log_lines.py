"""What was refused leaves a line: when, what, who, from where; and nothing that was typed."""

import logging
import re

import pytest
from flask import Flask

from app.core.logs import UtcLines
from tests.attacks.doors import addresses
from tests.support import cast

pytestmark = pytest.mark.one_database
LINE = re.compile(
    r"refused (\d{3}) ([A-Z]+) (\S+(?: \w+=\d+)*) user=(\d+|-) institution=(\d+|-) network=(\S+)"
)


def refusals(caplog: pytest.LogCaptureFixture) -> list[tuple[str, ...]]:
    found = []
    for record in caplog.records:
        if record.name == "app.accounts.security_log":
            match = LINE.fullmatch(record.getMessage())
            assert match is not None, record.getMessage()
            found.append(match.groups())
    return found


def test_every_refusal_leaves_a_line(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        episode, oka = cast.own_episode(), cast.actor("oka")
    client, stranger = cast.sign_in(app.test_client(), "oka"), app.test_client()
    with caplog.at_level(logging.INFO):
        answers = [
            client.get(f"/cases/show/{episode.case}"),
            client.get("/cases/show/x1'--"),
            client.get("/nowhere/山田"),
            client.post("/account/password", data={"password": "山田"}),
            client.delete("/account/"),
            stranger.get("/cases/list/"),
            stranger.get("/api/v1/case"),
        ]
    told = refusals(caplog)
    assert [line[0] for line in told] == [str(one.status_code) for one in answers]
    assert {"400", "403", "404", "405", "303", "401"} >= {line[0] for line in told}
    assert told[0][1:] == (
        "GET",
        f"CaseView.show pk={episode.case}",
        str(oka.user_id),
        str(oka.institution_id),
        "127.0.0.0/24",
    )
    assert told[-1][3:5] == ("-", "-")
    assert "山田" not in caplog.text


def test_a_failed_login_and_its_limit_leave_lines(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config["RATE_LIMITS"], "login_account", "1 per 15 minutes")
    client = app.test_client()
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            client.post("/login/", data={"username": "aoki", "password": "hidden-hidden"})
    assert [line[0] for line in refusals(caplog)] == ["422", "429"]
    assert "hidden" not in caplog.text
    assert "aoki" not in caplog.text


def test_what_is_granted_leaves_no_line(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        episode = cast.own_episode()
    client = cast.sign_in(app.test_client(), "aoki")
    with caplog.at_level(logging.INFO):
        for door in addresses(app, episode, "GET"):
            if door.endpoint in {"HomeView.index", "CaseView.show", "CaseView.list"}:
                assert client.get(door.path).status_code == 200
    assert refusals(caplog) == []


def test_a_line_is_one_line_in_utc_with_its_level_and_source() -> None:
    record = logging.LogRecord("app.x", logging.WARNING, "", 0, "a %s", ("b\nERROR\x1b[0m",), None)
    record.created, record.msecs = 0.0, 0.0
    assert UtcLines().format(record) == (
        "1970-01-01 00:00:00.000Z WARNING app.x a b\\nERROR\\x1b[0m"
    )
