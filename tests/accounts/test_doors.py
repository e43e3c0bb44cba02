"""Which doors exist, which stand open, what every answer carries."""

import logging

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import AnyConverter, IntegerConverter

from app import create_app
from app.security.open_doors import open_doors
from config import TestSettings as Settings
from tests.support.visitor import Visitor

STOCK = (
    "/back",
    "/api/v1/security/login",
    "/api/v1/security/refresh",
    "/api/v1/security/users/",
    "/api/v1/security/roles/",
    "/api/v1/menu/",
    "/api/v1/_openapi",
    "/swagger/v1",
    "/users/list/",
    "/roles/list/",
    "/resetpassword/form",
    "/resetmypassword/form",
    "/userinfoeditview/form",
    "/registeruser/list/",
    "/static/appbuilder/css/ab.css",
)


def module_behind(app: Flask, endpoint: str) -> str:
    """The module in which the function that answers ``endpoint`` was written."""
    return str(getattr(app.view_functions[endpoint], "__module__", ""))


@pytest.mark.parametrize("path", STOCK)
def test_no_stock_security_door_exists(portal: Flask, path: str) -> None:
    try:
        endpoint, _ = portal.url_map.bind("localhost").match(path)
    except NotFound:
        return
    assert not module_behind(portal, endpoint).startswith("flask_appbuilder"), endpoint


def test_no_endpoint_of_the_stock_security_views_exists(portal: Flask) -> None:
    closed = ("security", "views", "menu", "api", "babel")
    modules = {endpoint: module_behind(portal, endpoint) for endpoint in portal.view_functions}
    stock = {
        endpoint
        for endpoint, module in modules.items()
        if module.startswith(tuple(f"flask_appbuilder.{name}" for name in closed))
    }
    assert stock == set()
    assert modules["AuthView.login"] == "app.accounts.views"


def test_only_the_listed_doors_stand_open(portal: Flask) -> None:
    stranger = portal.test_client()
    adapter = portal.url_map.bind("localhost")
    opened = set()
    for rule in portal.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        numbers = {n for n, c in rule._converters.items() if isinstance(c, IntegerConverter)}
        values = {name: 1 if name in numbers else "ja" for name in rule.arguments}
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                values[name] = min(converter.items)
        path = adapter.build(rule.endpoint, values, method="GET")
        answer = stranger.get(path)
        led_away = answer.status_code == 303 and answer.headers["Location"].startswith("/login/")
        if answer.status_code != 401 and not led_away:
            opened.add(rule.endpoint)
    assert opened >= {"AuthView.login", "static"}
    assert opened <= set(open_doors())


@pytest.mark.parametrize("path", ["/login/", "/who", "/nowhere", "/api/v1/who", "/static/none"])
def test_every_answer_carries_safe_headers_and_is_not_kept(portal: Flask, path: str) -> None:
    headers = portal.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_an_encrypted_installation_says_so() -> None:
    app = create_app(Settings("sqlite://", SESSION_COOKIE_SECURE=True))
    answer = app.test_client().get("/login/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_a_foreign_host_name_is_refused() -> None:
    app = create_app(Settings("sqlite://", TRUSTED_HOSTS=["portal.example"]))
    client = app.test_client()
    assert client.get("/login/", base_url="http://evil.example").status_code == 400
    assert client.get("/login/", base_url="http://portal.example").status_code == 200


@pytest.mark.parametrize(
    ("referrer", "lands"),
    [
        ("http://localhost/notes/1?a=b", "/notes/1?a=b"),
        ("https://evil.example/notes/1", "/"),
        ("http://localhost//evil.example", "/"),
        ("http://[", "/"),
        (None, "/"),
    ],
)
def test_the_language_changes_and_the_page_stays(
    portal: Flask, referrer: str | None, lands: str
) -> None:
    client = portal.test_client()
    headers = {"Referer": referrer} if referrer else {}
    assert client.get("/lang/en", headers=headers).headers["Location"] == lands
    assert '<html lang="en"' in client.get("/login/").text
    assert client.get("/lang/xx").status_code == 404


def test_a_form_of_no_origin_at_all_is_not_parked_for_a_former_user(visitor: Visitor) -> None:
    visitor.enrol()
    with visitor.client.session_transaction() as session:
        session["seen_at"] = 0
    headers = {"Origin": "http://["}
    answer = visitor.client.post("/cases/edit/1", data={"remarks": "x"}, headers=headers)
    assert answer.status_code == 303
    assert answer.location == "/login/"


def test_an_unexpected_error_tells_a_number_and_logs_no_value(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.enrol()
    with caplog.at_level(logging.DEBUG):
        answer = visitor.get("/broken")
    assert answer.status_code == 500
    logged = [r.getMessage() for r in caplog.records if r.name == "app.core.error_pages"]
    assert len(logged) == 1
    assert "builtins.ValueError" in logged[0]
    assert logged[0].split()[1] in answer.text
    assert "山田" not in answer.text
    assert "山田" not in caplog.text


def test_what_was_typed_while_the_database_was_held_by_others_can_be_sent_again(
    visitor: Visitor,
) -> None:
    visitor.enrol()
    answer = visitor.post("/held", page="/notes/1", text="午後に電話")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert 'name="text" value="午後に電話"' in answer.text
    assert "同じ内容でもう一度送信" in answer.text


def test_an_error_of_the_domain_has_its_own_status_and_words(visitor: Visitor) -> None:
    visitor.enrol()
    answer = visitor.get("/refused")
    assert answer.status_code == 422
    assert "too short" in answer.text
    program = visitor.get("/refused", headers={"Accept": "application/json"})
    assert program.json is not None
    assert program.json["problems"] == {"text": ["too short"]}


def test_what_does_not_exist_is_not_found(visitor: Visitor) -> None:
    visitor.enrol()
    assert visitor.get("/nowhere").status_code == 404
