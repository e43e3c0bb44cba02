"""Letting institutions in: the session, the login and the doors of what was not given."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, User, ViewMenu
from sqlalchemy import insert, select

from app.accounts.login import ShutOut, begin_login
from app.accounts.models import Account
from app.accounts.principal import open_account
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.portal import decide_use
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from app.security.rights import holds
from app.security.roles import Entry, RoleName, entries_needed
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


def _client(app: Flask, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def _decide(app: Flask, code: str, *entries: str, on: bool = True) -> None:
    with app.app_context(), acting_as(system_actor("test")) as system:
        found = institution_by_code(code)
        assert found is not None
        decide_use(found, on=on, entries=entries, reason="test", by=system)


def _user_id(app: Flask, name: str) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.scalar(select(User.id).where(User.username == name))
        assert found is not None
        return int(found)


@pytest.mark.parametrize(
    ("role", "action", "resource", "needed"),
    [
        ("clinic", "add", "notification", "notification"),
        ("clinic", "list", "notification", None),
        ("clinic", "edit", "lab_test", "lab_result"),
        ("hospital", "add", "treatment", "care"),
        ("hotel", "add", "observation", "observation"),
        ("hotel", "show", "observation", None),
        ("follow_up_contractor", "add", "observation", "observation"),
        ("follow_up_contractor", "type", "paper_bundle", "observation paper"),
        ("follow_up_contractor", "show", "paper_bundle", None),
        ("health_centre_clerk", "type", "paper_bundle", None),
        ("laboratory", "list", "case", "case_data"),
        ("national_institute", "show", "lab_test", "case_data"),
        ("laboratory", "show", "statistics", None),
        ("health_centre_nurse", "add", "notification", None),
        ("prefecture_supervisor", "list", "case", None),
        ("id_administrator", "show", "home", None),
    ],
)
def test_what_has_to_be_given_for_a_door(
    role: str, action: str, resource: str, needed: str | None
) -> None:
    # Of several, one suffices.
    one_of = frozenset(map(Entry, (needed or "").split()))
    assert entries_needed(RoleName(role), action, resource) == one_of


def test_an_institution_shut_out_is_out_at_the_next_click(app: Flask) -> None:
    endo = _client(app, "endo")
    assert endo.get("/cases/list/").status_code == 200
    _decide(app, "clinic-shinjuku", on=False)
    assert endo.get("/cases/list/").status_code == 303
    _decide(app, "clinic-shinjuku", "notification")
    assert endo.get("/cases/list/").status_code == 200


def test_the_reason_is_told_only_to_whoever_knows_the_password(app: Flask) -> None:
    _decide(app, "clinic-shinjuku", on=False)
    with app.test_request_context():
        assert begin_login("endo", "not the password at all") is None
        with pytest.raises(ShutOut):
            begin_login("endo", cast.PASSWORD)
        assert begin_login("aoki", cast.PASSWORD) is not None


def test_without_an_entry_its_doors_are_closed_and_what_was_entered_stays_readable(
    app: Flask,
) -> None:
    with app.app_context():
        case, test = cast.own_episode().case, cast.own_episode().lab_test
    _decide(app, "clinic-shinjuku", "notification")
    endo = _client(app, "endo")
    assert endo.get(f"/lab-tests/add?case_id={case}").status_code == 403
    assert endo.get(f"/lab-tests/edit/{test}").status_code == 403
    assert endo.get(f"/lab-tests/show/{test}").status_code == 200
    assert endo.get("/notifications/new").status_code == 200
    _decide(app, "clinic-shinjuku", "lab_result")
    assert endo.get("/notifications/new").status_code == 403
    assert endo.get(f"/lab-tests/edit/{test}").status_code == 200
    with app.app_context():
        actor = cast.actor("endo")
        assert holds(actor, "list", "notification")
        assert not holds(actor, "add", "notification")


def test_data_are_read_only_where_that_was_granted(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
    for who, code in (("mori", "laboratory-tokyo"), ("niida", "national_institute")):
        client = _client(app, who)
        assert client.get(f"/cases/show/{case}").status_code == 200
        _decide(app, code)
        assert client.get(f"/cases/show/{case}").status_code == 403
        assert client.get("/statistics/").status_code in {200, 404}


def test_rights_written_into_the_tables_of_the_framework_open_nothing(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        connection = session.connection()

        def written(model: type, **values: object) -> int:
            row = connection.execute(insert(model.__table__).values(**values))  # type: ignore[attr-defined]
            return int(row.inserted_primary_key[0])

        actions = {}
        for name in ("can_list", "can_show", "can_add", "can_edit", "menu_access"):
            known = session.scalar(select(Permission.id).where(Permission.name == name))
            actions[name] = known or written(Permission, name=name)
        admin = Role(name="Admin")
        session.add(admin)
        for view in ("case", "person", "notification", "UserDBModelView", "Security"):
            menu = written(ViewMenu, name=view)
            for action in actions.values():
                key = written(PermissionView, permission_id=action, view_menu_id=menu)
                admin.permissions.append(session.get_one(PermissionView, key))
        minister = session.scalars(select(User).where(User.username == "oka")).one()
        minister.roles.append(admin)
        session.flush()
        case = cast.own_episode().case
    oka = _client(app, "oka")
    assert oka.get("/cases/list/").status_code == 403
    assert oka.get(f"/cases/show/{case}").status_code == 403
    for address in (
        "/users/list/",
        "/roles/list/",
        "/permissions/list/",
        "/api/v1/security/users/",
    ):
        assert oka.get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("who", "role"), [("endo", "health_centre_clerk"), ("endo", "Admin"), ("aoki", "system")]
)
def test_an_account_with_a_role_its_institution_cannot_give_is_refused_and_noted(
    app: Flask, caplog: pytest.LogCaptureFixture, who: str, role: str
) -> None:
    client, user_id = _client(app, who), _user_id(app, who)
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        session.get_one(Account, user_id).role = role
    with caplog.at_level(logging.WARNING), app.test_request_context():
        assert open_account(user_id) is None
        assert begin_login(who, cast.PASSWORD) is None
    assert f"account {user_id} refused" in caplog.text
    assert client.get("/cases/list/").status_code == 303
