"""The invitation on paper: one page with a QR code, given out once, without name and number."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.messaging.languages import LANGUAGES
from app.messaging.models import Message
from app.portal.letters import write_letter
from app.portal.models import PatientLink
from app.security.actor import acting_as
from tests.issuing.test_letters import pages_of
from tests.portal.conftest import TESTS, family
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


def test_a_paper_invitation_sends_nothing_and_prints_one_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        home = family(app, "paper", None)
        with acting_as(TESTS):
            assert db.session.scalar(select(Message)) is None
    staff = cast.sign_in(app.test_client(), "baba")
    answer = staff.post(f"/patient-links/{home.link}/letter")
    assert answer.status_code == 303
    with app.app_context():
        with acting_as(TESTS):
            key = db.session.scalar(select(JobRun.id).where(JobRun.kind == "patient letter"))
        assert key is not None
        assert run_job(key)
    first = staff.get(f"/jobs/{key}/download")
    assert first.data.startswith(b"%PDF")
    assert pages_of(first.data) == 1
    assert staff.get(f"/jobs/{key}/download").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_can_be_written_in_every_language(
    app: Flask, language: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with app.app_context():
        home = family(app, "paper", None)
        with acting_as(TESTS):
            link = db.session.get(PatientLink, home.link)
            assert link is not None
            link.language = language
            centre = cast._institution("hc-shinjuku")
            path = tmp_path_factory.mktemp("letters") / "letter.pdf"
            write_letter(link, centre, path)
            db.session.rollback()
    assert pages_of(path.read_bytes()) == 1
