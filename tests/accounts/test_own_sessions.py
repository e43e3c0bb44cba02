"""Sessions and devices of one's own account."""

import re

from flask import Flask

from tests.support.pages import statements
from tests.support.visitor import Visitor, elsewhere, token_of


def test_sessions_are_listed_and_one_can_be_ended_from_another(owner: Visitor) -> None:
    second = elsewhere(owner)
    page = owner.get("/account/").text
    assert "Firefox / Windows" in page
    ends = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert len(ends) == 1
    assert owner.send(ends[0], token_of(page)).status_code == 303
    assert not second.is_in()
    assert owner.is_in()
    assert owner.send(ends[0], token_of(page)).status_code == 404


def test_all_other_sessions_are_ended_at_once(owner: Visitor) -> None:
    others = [elsewhere(owner) for _ in range(2)]
    page = owner.get("/account/").text
    owner.send("/account/sessions/end-others", token_of(page))
    assert [other.is_in() for other in others] == [False, False]
    assert owner.is_in()


def test_nobody_ends_the_session_of_somebody_else(owner: Visitor, portal: Flask) -> None:
    stranger = Visitor(portal, "baba")
    stranger.enrol()
    page = stranger.get("/account/").text
    for session_id in range(1, 4):
        stranger.send(f"/account/sessions/{session_id}/end", token_of(page))
    assert owner.is_in()


def test_a_session_ended_elsewhere_leads_to_the_login(owner: Visitor) -> None:
    second = elsewhere(owner)
    page = owner.get("/account/").text
    owner.send("/account/sessions/end-others", token_of(page))
    answer = second.get("/notes/1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login/?next=/notes/1"


def test_the_use_of_a_session_is_noted_every_five_minutes_at_most(
    owner: Visitor, portal: Flask
) -> None:
    counts = []
    for minutes in (4, 1, 1, 3, 1):
        owner.wait(minutes=minutes)
        with statements(portal) as sent:
            assert owner.is_in()
        counts.append(len(sent))
    # Half a minute had passed since the login before the first of these.
    assert counts == [1, 2, 1, 1, 2]


def test_a_new_device_is_told_to_the_owner_where_it_is_known(owner: Visitor) -> None:
    assert "/account/devices/" not in owner.get("/account/").text
    links = owner.get("/").text.count('href="/account/"')
    second = elsewhere(owner)
    # Every page of the known browser leads there, no page of the new one.
    assert owner.get("/").text.count('href="/account/"') == links + 1
    assert second.get("/").text.count('href="/account/"') == links
    page = owner.get("/account/").text
    confirm = re.findall(r'action="(/account/devices/\d+/confirm)"', page)
    assert len(confirm) == 1
    # Who has just come cannot vouch for themselves.
    assert "/account/devices/" not in second.get("/account/").text
    token = token_of(second.get("/account/").text)
    assert second.send(confirm[0], token).status_code == 403
    assert owner.send(confirm[0], token_of(page)).status_code == 303
    assert "/account/devices/" not in owner.get("/account/").text


def test_a_device_the_owner_does_not_know_is_cut_off(owner: Visitor) -> None:
    thief = elsewhere(owner)
    page = owner.get("/account/").text
    reject = re.findall(r'action="(/account/devices/\d+/reject)"', page)
    answer = owner.send(reject[0], token_of(page))
    assert answer.headers["Location"] == "/account/password"
    assert not thief.is_in()
