"""Two cases side by side on the screen: merged with the values chosen, and taken apart."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.matching.models import CaseMerge
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.pages import send, statements

pytestmark = [
    pytest.mark.usefixtures("frozen_clock", "without_form_tokens"),
    pytest.mark.one_database,
]


def test_the_clerk_merges_two_cases_and_takes_it_back(
    app: Flask, clerk: FlaskClient, twice: tuple[int, int]
) -> None:
    first, second = twice
    with statements(app) as sent:
        page = clerk.get(f"/matching/cases/of/{first}").text
    assert "同じ日に始まった療養" in page
    assert "検査機関から" in page
    assert len(sent) < 24
    versions = page.split('name="versions" value="')[1].split('"')[0]
    refused = send(clerk, f"/matching/cases/merge/{first}", other=str(second), versions="0:0")
    assert refused.status_code == 303

    done = send(
        clerk,
        f"/matching/cases/merge/{first}",
        other=str(second),
        versions=versions,
        take_remarks="second",
        note="二重届出",
    )

    assert (done.status_code, done.location) == (303, f"/cases/show/{first}")
    with app.app_context(), acting_as(system_actor("tests")):
        case = db.session.get_one(Case, first)
        assert (case.remarks, case.severity) == ("検査機関から", None)
        key = db.session.scalars(select(CaseMerge.id)).one()
        number = case.former_numbers or ""
    assert number in clerk.get("/matching/merges/").text
    assert number in clerk.get(f"/cases/show/{first}").text
    assert clerk.get(f"/matching/cases/of/{second}").status_code == 409
    assert send(clerk, f"/matching/cases/undo/{key}", note="").status_code == 422
    assert send(clerk, f"/matching/cases/undo/{key}", note="別の療養").status_code == 303
    assert number not in clerk.get(f"/cases/show/{first}").text


def test_a_nurse_compares_and_is_offered_no_merge(app: Flask, twice: tuple[int, int]) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    page = nurse.get(f"/matching/cases/of/{twice[0]}").text
    assert "検査機関から" in page
    assert 'name="take_remarks"' not in page
