"""A page of another site sends forms with the visitor's cookies: none of them does anything."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.security.rows import declared_models
from tests.attacks.doors import WRITING, Address, addresses
from tests.support import cast
from tests.support.visitor import token_of

EVIL = {"Origin": "https://evil.example", "Referer": "https://evil.example/page"}
# What a refused request leaves behind on purpose: who is there, and what was counted.
LEFT = {"rate_count", "account_session", "open_form", "read_entry"}


def everything(app: Flask) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table."""
    found = {}
    with app.app_context(), acting_as(system_actor("tests")):
        for model in declared_models():
            table = model.__table__
            if table.name not in LEFT:
                rows = db.session.execute(select(table.columns))
                found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return found


def writing(app: Flask) -> list[Address]:
    with app.app_context():
        episode = cast.own_episode()
    return list(addresses(app, episode, *WRITING))


OTHER_PROOF = ("TokenApi.", "DeliveryView.", "VerificationView.", "VoiceView.", "PatientView.")
"""Doors no session of the staff opens: passwords, signatures, keys, and the link of a household,
whose own session is tried in tests/portal."""


def _has_other_proof(door: Address) -> bool:
    return door.endpoint.startswith(OTHER_PROOF)


@pytest.mark.one_database
def test_no_form_of_another_site_is_taken_by_any_door(
    app: Flask, record_property: Callable[[str, object], None]
) -> None:
    doors = writing(app)
    pages = [door for door in doors if not door.door.bearer and not _has_other_proof(door)]
    client = cast.sign_in(app.test_client(), "aoki")
    before = everything(app)
    for door in pages:
        answer = client.open(door.path, method=door.method, data={"remarks": "x"}, headers=EVIL)
        assert answer.status_code == 400, (door.endpoint, answer.status_code)
    assert everything(app) == before
    assert client.get("/account/").status_code == 200
    assert len(pages) > 90
    record_property("foreign_forms", len(pages))


@pytest.mark.one_database
def test_a_token_of_somebody_else_s_session_opens_no_door(app: Flask) -> None:
    attacker = cast.sign_in(app.test_client(), "chiba")
    token = token_of(attacker.get("/account/password").text)
    victim = cast.sign_in(app.test_client(), "aoki")
    for door in writing(app):
        if door.door.bearer or _has_other_proof(door):
            continue
        sent = {"csrf_token": token, "remarks": "x"}
        answer = victim.open(door.path, method=door.method, data=sent, headers=EVIL)
        assert answer.status_code == 400, (door.endpoint, answer.status_code)


@pytest.mark.one_database
def test_the_interface_for_programs_writes_nothing_for_a_cookie(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    before = everything(app)
    programs = [door for door in writing(app) if door.door.bearer]
    for door in programs:
        for sent in (_as_form(), _as_text(), _as_json()):
            answer = client.open(door.path, method=door.method, headers=EVIL, **sent)
            assert answer.status_code in {401, 403, 404, 415}, (door.endpoint, answer.status_code)
    assert everything(app) == before
    assert len(programs) > 20


@pytest.mark.one_database
def test_no_other_site_may_read_an_answer(app: Flask) -> None:
    """No door speaks of other origins, not even to the questions browsers ask beforehand."""
    client = cast.sign_in(app.test_client(), "aoki")
    asked = {"Access-Control-Request-Method": "POST", **EVIL}
    for path in ("/api/v1/case", "/cases/list/", "/login/", "/nowhere"):
        for method in ("GET", "OPTIONS"):
            headers = client.open(path, method=method, headers=asked).headers
            assert not [name for name, _value in headers if name.startswith("Access-Control-")]


def _as_form() -> dict[str, Any]:
    return {"data": {"remarks": "x"}}


def _as_text() -> dict[str, Any]:
    """The one JSON a form of another site can send: as plain text."""
    return {"data": '{"remarks": "x"}', "content_type": "text/plain"}


def _as_json() -> dict[str, Any]:
    return {"json": {"remarks": "x"}}
