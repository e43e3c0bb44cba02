"""Exposures on screen."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cases.models import Case
from app.contacts.models import ContactExposure
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.contacts.entering import count
from tests.support.cast import Episode
from tests.support.pages import send

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")


def test_a_further_exposure_names_its_case_by_number(
    app: Flask, nurse: FlaskClient, own: Episode, foreign: Episode
) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        numbers = [db.session.get_one(Case, key).number for key in (own.case, foreign.case)]
    path = f"/exposures/add?contact_id={own.contact}"
    before = count(app, ContactExposure)
    for number in (numbers[1], "00000000", "", "abc"):
        answer = send(nurse, path, source_number=number, exposed_on="2021/8/13")
        assert answer.status_code == 422, number
        assert "form-field--error" in answer.get_data(as_text=True)
    assert count(app, ContactExposure) == before
    full_width = str(numbers[0]).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    answer = send(
        nurse, path, source_number=full_width, exposed_on="2021/8/13", relation="relative"
    )
    assert answer.status_code == 303
    tab = nurse.get(f"/contacts/show/{own.contact}?tab=exposures").get_data(as_text=True)
    assert "2021/08/13" in tab
    assert "2021/08/27" in nurse.get(f"/contacts/show/{own.contact}").get_data(as_text=True)


def test_correcting_an_exposure_moves_the_end_of_the_observation(
    nurse: FlaskClient, own: Episode
) -> None:
    path = f"/exposures/edit/{own.exposure}"
    assert send(nurse, path, row_version_="1", exposed_on="2021/8/14").status_code == 303
    assert "2021/08/28" in nurse.get(f"/contacts/show/{own.contact}").get_data(as_text=True)
    late = send(nurse, path, row_version_="2", exposed_on="2021/8/30")
    assert late.status_code == 422
