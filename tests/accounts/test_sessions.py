"""Sessions end: on idle, at an age, at logout; and every page is behind them."""

import pytest
from flask import Flask

from app.accounts.service import create_account
from app.core.clock import frozen_at
from app.core.errors import NotAllowed
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.roles import ACCOUNT_ROLES, RoleName
from tests.support.pages import statements
from tests.support.visitor import PASSWORD, Visitor, token_of


def test_a_session_ends_after_half_an_hour_without_use(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.wait(minutes=29)
    assert visitor.is_in()
    visitor.wait(minutes=29)
    assert visitor.is_in()
    visitor.wait(minutes=30)
    assert not visitor.is_in()


def test_a_session_in_use_ends_after_twelve_hours(visitor: Visitor) -> None:
    visitor.enrol()
    for _ in range(35):
        visitor.wait(minutes=20)
        assert visitor.is_in()
    visitor.wait(minutes=20)
    assert not visitor.is_in()


def test_a_copied_cookie_dies_at_logout(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    thief = Visitor(portal)
    stolen = visitor.client.get_cookie("hersys")
    assert stolen is not None
    thief.client.set_cookie("hersys", stolen.value)
    assert thief.is_in()
    visitor.log_out()
    assert not thief.is_in()


def test_logout_needs_a_form_with_its_token(visitor: Visitor) -> None:
    visitor.enrol()
    assert visitor.get("/logout").status_code == 405
    with frozen_at(visitor.clock):
        assert visitor.client.post("/logout").status_code == 400
    assert visitor.is_in()


def test_strangers_are_led_to_the_login_and_back(visitor: Visitor) -> None:
    answer = visitor.get("/notes/1?of=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login/?next=/notes/1?of%3D2"


def test_programs_are_told_in_their_own_way(visitor: Visitor) -> None:
    api = visitor.get("/api/v1/who")
    assert (api.status_code, api.mimetype) == (401, "application/problem+json")
    assert api.json is not None
    assert api.json["code"] == "not_signed_in"
    script = visitor.get("/who", headers={"Accept": "application/json"})
    assert script.status_code == 401
    assert script.json is not None
    assert set(script.json) == {"message"}


def test_the_signed_in_user_costs_one_statement(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    with statements(portal) as sent:
        assert visitor.is_in()
    assert len(sent) == 1


def test_the_cookie_is_rewritten_once_a_minute_at_most(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.get("/who")
    visitor.wait(seconds=59)
    assert "Set-Cookie" not in visitor.get("/who").headers
    visitor.wait(seconds=1)
    assert "Set-Cookie" in visitor.get("/who").headers


def test_a_form_without_token_is_refused(visitor: Visitor) -> None:
    visitor.enrol()
    with frozen_at(visitor.clock):
        login = visitor.client.post("/login/", data={"username": "aoki"})
        note = visitor.client.post("/notes/1", data={"text": "x"})
    assert (login.status_code, note.status_code) == (400, 400)
    assert "saved 1" not in note.text


def test_rights_come_from_the_matrix_without_a_statement(visitor: Visitor, portal: Flask) -> None:
    manager = portal.appbuilder.sm
    visitor.enrol()
    with visitor.client:
        visitor.get("/who")
        assert manager.has_access("can_list", "case")
        assert manager.has_access("export", "case")
        assert manager.has_access("menu_access", "case")
        assert not manager.has_access("can_delete", "case")
        assert not manager.has_access("can_list", "CaseModelView")
        assert manager.get_user_menu_access(["case", "job:download", "account"]) == {
            "case",
            "job:download",
        }
    with portal.test_request_context("/"):
        assert not manager.has_access("can_list", "case")
        assert manager.get_user_menu_access(["case"]) == set()


def test_the_stock_login_is_closed(portal: Flask) -> None:
    manager = portal.appbuilder.sm
    with portal.test_request_context("/"):
        assert manager.auth_user_db("aoki", PASSWORD) is None
        assert manager.load_user_jwt({}, {"sub": "1"}) is None
        assert manager.validate_api_key("sst_x") is None
        assert not manager.is_item_public("can_list", "case")


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_no_role_may_issue_what_the_matrix_does_not_say(role: RoleName, portal: Flask) -> None:

    with portal.app_context(), pytest.raises(NotAllowed):
        create_account(
            username="chiba",
            name="千葉",
            institution=Institution(),
            role=RoleName.CLINIC,
            by=Actor(user_id=1, name="x", role=role),
        )


def test_a_page_opened_before_the_login_elsewhere_is_still_usable(visitor: Visitor) -> None:
    visitor.enrol()
    page = visitor.get("/notes/7").text
    assert visitor.send("/notes/7", token_of(page), text="発熱").text == "saved 7: 発熱"
