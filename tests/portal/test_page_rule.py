"""Each authority decides once who sees the symptom graph, and changes that decision alone."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.portal.models import PatientPageRule
from app.security.actor import acting_as
from tests.portal.conftest import TESTS
from tests.support import cast
from tests.support.reading import form_of

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]


def decide(app: Flask, who: str, path: str, **values: str) -> int:
    client = cast.sign_in(app.test_client(), who)
    page = client.get(path)
    if page.status_code != 200:
        return page.status_code
    return client.post(path, data=form_of(page.text) | values).status_code


def decisions(app: Flask) -> list[tuple[int, str]]:
    with app.app_context(), acting_as(TESTS):
        rows = db.session.execute(select(PatientPageRule.institution_id, PatientPageRule.graph_for))
        return [(institution, graph_for) for institution, graph_for in rows]


def test_headquarters_decide_for_their_authority_and_change_it_later(app: Flask) -> None:
    with app.app_context():
        own = cast.actor("ito").institution_id
    assert decide(app, "ito", "/patient-page-rules/add", graph_for="household") == 303
    assert decisions(app) == [(own, "household")]
    assert decide(app, "ito", "/patient-page-rules/add", graph_for="staff") == 422
    assert decide(app, "ito", "/patient-page-rules/edit/1", graph_for="staff") == 303
    assert decisions(app) == [(own, "staff")]
    page = cast.sign_in(app.test_client(), "ito").get("/patient-page-rules/history/1").text
    assert "職員のみ" in page


def test_nobody_else_decides(app: Flask) -> None:
    with app.app_context(), acting_as(TESTS), transaction() as session:
        own = cast.actor("ito").institution_id
        wanted = select(Institution.id).where(Institution.kind == "authority")
        other = next(key for key in session.scalars(wanted) if key != own)
        session.add(PatientPageRule(institution_id=other, graph_for="household"))
    for who in ("aoki", "saito", "oka"):
        assert decide(app, who, "/patient-page-rules/add") == 403
    assert decide(app, "ito", "/patient-page-rules/edit/1", graph_for="staff") == 403
    assert decisions(app) == [(other, "household")]
