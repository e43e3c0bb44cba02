"""Whoever opens a page that names a person has looked, whatever door the page stands behind."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import ReadEntry
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.access.doors import DOORS
from tests.access.test_walk import _address, _key, _routes
from tests.support import cast

OWN = ("山田", "ヤマダ")

NAMES_OTHERS_TOO = {"ReportingView.case", "ReportingView.contact"}
"""Pages that offer the people of one household: each of them is looked at."""


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["baba", "endo", "fujii", "goto"])
def test_a_page_that_names_a_person_is_a_look(app: Flask, who: str) -> None:
    client = cast.sign_in(app.test_client(), who)
    with app.app_context():
        own = cast.own_episode()
    named, unseen = [], []
    for endpoint, method in _routes(app):
        door = DOORS[endpoint]
        if method != "GET" or door.record in (None, "none"):
            continue
        before = _looks(app)
        page = client.get(_address(app, endpoint, door, _key(door, own)))
        # A picture or PDF names nobody in its bytes; that it was taken is tried where it is made.
        if page.mimetype.startswith(("text/", "application/json")) and any(
            name in page.text for name in OWN
        ):
            named.append(endpoint)
            lines = _looks(app) - before
            if lines < 1 or (lines > 1 and endpoint not in NAMES_OTHERS_TOO):
                unseen.append(endpoint)
    assert "CaseView.show" in named
    assert unseen == []


def _looks(app: Flask) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.scalar(select(func.count()).select_from(ReadEntry)) or 0
