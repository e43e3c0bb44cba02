"""Every route × every role × own, foreign and missing record, by GET and by POST.

Nothing of a foreign record is shown, changed or confirmed to exist: a record outside the
actor's scope answers exactly as one that does not exist.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import false, inspect, select
from werkzeug.test import TestResponse

from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.security.roles import ROLES, role_of
from app.security.rows import declared_models
from tests.access.doors import DOORS, Door
from tests.support import cast
from tests.support.cast import Episode

MISSING = 987_654
SECRETS = ("外山", "ソトヤマ", "08099998888", "osakaのどこか")
FORGED = {"remarks": "forged", "name": "forged", "content": "forged", "row_version_": "1"}

# Which records of the own and of the foreign case exist for whom; persons only for those who
# care for them, identifying documents only for the two parties.
_CARE = frozenset({"aoki", "baba", "endo", "fujii", "goto", "honda", "hogo"})
_AREA = frozenset({"ito", "doi", "kato", "mori", "niida"})
_OWN_IS_VISIBLE = {
    # The patient is at home: neither the hotel nor the contractor has a stay of its own.
    "stay": (_CARE | _AREA) - {"goto", "honda"},
    "person": _CARE,
    "notification": frozenset({"aoki", "baba", "endo"}),
    "contact": frozenset({"aoki", "baba"}),
    "exposure": frozenset({"aoki", "baba"}),
}
_FOREIGN_IS_VISIBLE = frozenset({"niida"})


# Laws and walls are compared row by row for every role in tests/security; the doors are walked
# behind the walls by one who meets cases by area and one who meets them by access.
BEHIND_WALLS = ("aoki", "fujii")


@pytest.mark.one_database
@pytest.mark.parametrize("who", cast.ONE_OF_EACH_ROLE)
def test_a_foreign_record_does_not_exist_behind_any_door(
    app: Flask,
    who: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("access_checks", _walk(app, who, monkeypatch))


@pytest.mark.only_postgresql
@pytest.mark.parametrize("who", BEHIND_WALLS)
def test_a_foreign_record_does_not_exist_behind_the_walls_either(
    app: Flask,
    who: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("access_checks", _walk(app, who, monkeypatch, only_open=True))


def _walk(app: Flask, who: str, monkeypatch: pytest.MonkeyPatch, *, only_open: bool = False) -> int:
    """Try every door as somebody of the cast; how many checks that were.

    ``only_open``: those the role may open. The others refuse before any wall is met.
    """
    # Without tokens a POST would stop at the token; here it has to stop at the law.
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    # An error inside a page fails with its own traceback instead of a neutral page.
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    client = cast.sign_in(app.test_client(), who)
    program = cast.with_token(app.test_client(), who)
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        role = role_of(cast.actor(who).role)
        before = _everything_of(foreign)
    checks = 0
    # Programs go first: among the other doors is one that ends one's other sessions.
    for endpoint, method in sorted(_routes(app), key=lambda route: not DOORS[route[0]].bearer):
        door = DOORS[endpoint]
        if not door.is_open and (role.may(door.action, door.resource) or not only_open):
            visitor = Visitor(app, program if door.bearer else client, who, own, foreign)
            checks += _try_door(visitor, endpoint, door, method)
    with app.app_context():
        assert _everything_of(foreign) == before
    return checks


def test_every_route_has_its_line(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(DOORS)


def test_every_right_of_the_matrix_opens_a_door() -> None:
    doors = {(door.resource, door.action) for door in DOORS.values()}
    rights = {
        (resource, action)
        for role in ROLES.values()
        for resource, actions in role.doors.items()
        for action in actions
    }
    # One door takes every list out as a file; it is walked with the list of cases.
    lists = {(resource, "export") for resource, action in rights if action == "list"}
    assert rights - doors - lists == set()


def test_nothing_opens_without_signing_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        own = cast.own_episode()
    for endpoint, method in _routes(app):
        if DOORS[endpoint].is_open:
            continue
        answer = app.test_client().open(
            _address(app, endpoint, DOORS[endpoint], _key(DOORS[endpoint], own)), method=method
        )
        assert answer.status_code in {303, 401}, (endpoint, method, answer.status_code)
        assert "山田" not in answer.text


@dataclass(frozen=True)
class Visitor:
    """A member of the cast at the doors, with the keys of both cases."""

    app: Flask
    client: FlaskClient
    who: str
    own: Episode
    foreign: Episode


def _try_door(visitor: Visitor, endpoint: str, door: Door, method: str) -> int:
    app, who = visitor.app, visitor.who
    with app.app_context():
        role = role_of(cast.actor(who).role)
    may = role.may(door.action, door.resource)

    def ask(key: int | None) -> TestResponse:
        sent: dict[str, Any] = {"data": FORGED} if method == "POST" else {}
        if door.bearer and method not in {"GET", "DELETE"}:
            sent = {"json": FORGED, "headers": {"If-Match": '"1"'}}
        answer = visitor.client.open(_address(app, endpoint, door, key), method=method, **sent)
        where = (who, endpoint, method, key)
        assert answer.status_code < 500, (*where, answer.status_code)
        for secret in SECRETS:
            # Files are searched as they are sent; a workbook's cells have a test of their own.
            assert secret.encode() not in answer.data, (*where, secret)
        return answer

    if door.record is None:
        answer = ask(None)
        assert (answer.status_code in {403, 404}) is (not may), (who, endpoint, answer.status_code)
        return 1
    answers = {
        key: ask(_key(door, episode))
        for key, episode in (("own", visitor.own), ("foreign", visitor.foreign))
    }
    missing = ask(MISSING)
    where = (who, endpoint, method)
    if not may:
        refused = {answers["own"].status_code, answers["foreign"].status_code, missing.status_code}
        assert refused <= {403, 404}, (*where, refused)
        assert len(refused) == 1, (*where, refused)
        return 3
    assert missing.status_code == 404, (*where, missing.status_code)
    if who not in _FOREIGN_IS_VISIBLE or door.record in _OWN_IS_VISIBLE:
        assert answers["foreign"].status_code == 404, where
        assert _plain(answers["foreign"]) == _plain(missing), where
    seen = who in _OWN_IS_VISIBLE.get(door.record, _CARE | _AREA)
    # A program that names no version is told so (428); the version of a case is not 1 (412).
    expected = {200, 303, 409, 412, 422, 428} if seen and door.record != "none" else {404}
    if seen and door.party_only:
        expected.add(403)
    assert answers["own"].status_code in expected, (*where, answers["own"].status_code)
    return 3


def _routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PATCH", "DELETE"}):
            # Deleting or cancelling one's own record is a test of its own,
            # or giving back the token one walks with.
            last = (rule.endpoint.rpartition(".")[2], method)
            if last not in {("delete", "POST"), ("give_back", "DELETE")}:
                yield rule.endpoint, method


def _key(door: Door, episode: Episode) -> int | None:
    if door.record is None:
        return None
    return MISSING + 1 if door.record == "none" else int(getattr(episode, door.record))


def _address(app: Flask, endpoint: str, door: Door, key: int | None) -> str:
    values: dict[str, object] = {**door.values, **door.query}
    if key is not None:
        values[door.parameter.removeprefix("?")] = key
    with app.test_request_context():
        return url_for(endpoint, **values)  # type: ignore[arg-type]


def _plain(answer: TestResponse) -> str:
    """The page without what differs from request to request."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    text = re.sub(r'<div class="flashes".*?</div>\s*<main', "", text, flags=re.DOTALL)
    return re.sub(r"\b[0-9a-f]{8}\b|\d{6,}", "", text)


def _everything_of(episode: Episode) -> dict[str, list[object]]:
    """Every row of every table as it stands, but for what looking itself writes."""
    found: dict[str, list[object]] = {}
    with acting_as(system_actor("tests")):
        for model in declared_models():
            if model.__tablename__ in {"read_entry", "form_submission", "open_form"}:
                continue
            columns = list(inspect(model).columns)
            rows = db.session.execute(select(*columns).where(_belongs(model, episode)))
            found[model.__tablename__] = [tuple(map(str, row)) for row in rows]
    return found


def _belongs(model: type, episode: Episode) -> object:
    table = model.__table__  # type: ignore[attr-defined]
    for column, key in (("case_id", episode.case), ("person_id", episode.person)):
        if column in table.c:
            return table.c[column] == key
    keys = {"person": episode.person, "case_record": episode.case, "contact": episode.contact}
    primary = next(iter(table.primary_key.columns))
    return primary == keys[table.name] if table.name in keys else false()
