"""Forged host names, redirects that lead away, header lines in addresses."""

import pytest
from flask import Flask

from app import create_app
from app.core.redirects import local_target
from config import TestSettings as Settings
from tests.attacks.doors import addresses
from tests.support import cast
from tests.support.database import release_connections

pytestmark = pytest.mark.one_database

AWAY = "https://evil.example/x"
DISGUISES = (
    AWAY,
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    "/\r\nSet-Cookie: hersys=1",
)
NAMES = ("next", "url", "return", "return_to", "redirect", "redirect_to", "back", "target")


def test_no_door_answers_to_another_host_name(app: Flask) -> None:
    with app.app_context():
        episode = cast.own_episode()
    strict = create_app(
        Settings(app.config["SQLALCHEMY_DATABASE_URI"], TRUSTED_HOSTS=["portal.example"])
    )
    client, asked = strict.test_client(), 0
    for door in addresses(app, episode, "GET", "POST"):
        answer = client.open(
            door.path, method=door.method, base_url="http://evil.example", buffered=True
        )
        assert answer.status_code == 400, door.endpoint
        assert b"evil.example" not in answer.data, door.endpoint
        assert "Location" not in answer.headers, door.endpoint
        asked += 1
    release_connections(strict)
    assert asked > 200


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
def test_a_host_named_beside_the_real_one_appears_nowhere(app: Flask, header: str) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    for path in ("/", "/login/", "/cases/list/", "/nowhere", "/api/v1/case"):
        value = "host=evil.example" if header == "Forwarded" else "evil.example"
        answer = client.get(path, headers={header: value})
        assert b"evil.example" not in answer.data
        assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize("who", [None, "aoki", "saito"])
def test_no_door_leads_away_whatever_its_address_says(app: Flask, who: str | None) -> None:
    with app.app_context():
        episode = cast.own_episode()
    client = app.test_client() if who is None else cast.sign_in(app.test_client(), who)
    for door in addresses(app, episode, "GET"):
        joint = "&" if "?" in door.path else "?"
        query = "&".join(f"{name}={AWAY}" for name in NAMES)
        answer = client.get(f"{door.path}{joint}{query}", headers={"Referer": AWAY}, buffered=True)
        target = answer.headers.get("Location", "/")
        assert target.startswith("/"), (door.endpoint, target)
        assert not target.startswith("//"), (door.endpoint, target)
        # After a login it goes on inside, or to the front page.
        assert local_target(target) == target


@pytest.mark.parametrize("target", DISGUISES)
def test_the_login_leads_to_no_disguised_address(app: Flask, target: str) -> None:
    answer = cast.sign_in(app.test_client(), "aoki").get("/login/", query_string={"next": target})
    assert answer.headers["Location"] == "/"
    assert "Set-Cookie: hersys=1" not in str(answer.headers)


@pytest.mark.parametrize("line", ["\r\nX-Forged: 1", "\nX-Forged: 1", "%0d%0aX-Forged:%201"])
def test_no_header_line_gets_into_an_answer(app: Flask, line: str) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    answers = [
        client.get("/login/", query_string={"next": f"/cases/{line}"}),
        client.get(f"/cases/show/1{line}"),
        client.get("/lang/en", headers={"Referer": "http://localhost/notes%0d%0aX-Forged:%201"}),
        client.get(f"/static/css/base.css{line}"),
        client.post("/exports/case", query_string={"format": f"xlsx{line}"}),
        app.test_client().get(f"/cases/list/{line}"),
    ]
    for answer in answers:
        assert "X-Forged" not in answer.headers
        for _name, value in answer.headers:
            assert "\r" not in value
            assert "\n" not in value


def test_doubled_parameters_are_refused_and_never_chosen_from(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    for path in ("/cases/list/", "/notifications/list/", "/statistics/", "/looks/", "/paper/"):
        answer = client.get(f"{path}?sort=onset_on&sort=id&after=1&after=2")
        assert answer.status_code in {400, 403, 404}, (path, answer.status_code)
    assert client.get("/api/v1/case?limit=1&limit=100").status_code == 422


def test_methods_nobody_uses_are_refused(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    for method in ("TRACE", "CONNECT", "PUT", "PROPFIND", "MOVE"):
        for path in ("/cases/list/", "/login/", "/api/v1/case"):
            assert client.open(path, method=method).status_code in {400, 405}, (method, path)
