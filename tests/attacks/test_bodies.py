"""How much each door takes: what is over it is refused before any of it is looked at."""

import pytest
from flask import Flask

from app.security.bodies import FORMS, LITTLE, PROGRAMS, file_doors
from app.security.open_doors import open_doors
from tests.attacks.doors import addresses
from tests.support import cast

pytestmark = pytest.mark.one_database

TAKES_FILES = {
    "BookView.start",
    "BulkView.start",
    "BundleDeskView.scans",
    "ImportView.add",
    "ImportView.correct",
    "PaperScanView.add",
    "PopulationView.file",
    "ReturneeListView.add",
    "TableView.upload",
    "WorklistView.file",
}


def test_only_the_doors_of_files_take_more_than_a_form(app: Flask) -> None:
    assert set(file_doors()) == TAKES_FILES
    assert all(FORMS < most <= app.config["MAX_CONTENT_LENGTH"] for most in file_doors().values())


def test_every_page_refuses_what_is_over_its_own_limit_unread(app: Flask) -> None:
    with app.app_context():
        episode = cast.own_episode()
    stranger, clerk = app.test_client(), cast.sign_in(app.test_client(), "aoki")
    pages = [d for d in addresses(app, episode, "POST") if not d.path.startswith("/api/")]
    # A link, a call or a key nobody knows is refused before anything of the body is asked for.
    unknown = ("PatientView.", "VoiceView.", "VerificationView.", "DeliveryView.")
    for door in (one for one in pages if not one.endpoint.startswith(unknown)):
        client = stranger if door.endpoint in open_doors() else clerk
        # Only announced: what is refused for its announced length is never read.
        announced = {"CONTENT_LENGTH": str(_most(door.endpoint) + 1)}
        sent = {"data": {"a": "x"}, "environ_overrides": announced}
        assert client.open(door.path, method="POST", **sent).status_code == 413, door.endpoint
    assert len(pages) > 90


def test_every_page_takes_what_is_within_its_limit(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    body = f"a={'x' * (FORMS - 2)}"
    form = "application/x-www-form-urlencoded"
    # Taken, and then refused for the token it lacks.
    assert client.post("/cases/list/", data=body, content_type=form).status_code == 400
    assert client.post("/cases/list/", data=f"{body}x", content_type=form).status_code == 413


def test_a_page_says_what_was_too_large_and_shows_none_of_it(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    answer = client.post("/cases/list/", data={"person__kana": "ヤ" * FORMS})
    assert answer.status_code == 413
    assert "ヤヤ" not in answer.text
    assert "容量の上限を超えています" in answer.text
    program = cast.with_token(app.test_client(), "aoki")
    answer = program.post("/api/v1/case/search", json={"number": "1" * PROGRAMS})
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


def _most(endpoint: str) -> int:
    if endpoint in open_doors():
        return LITTLE
    # A draft that is too long is refused in words, so that the page keeps it.
    return 2 * FORMS if "autosave" in endpoint else file_doors().get(endpoint, FORMS)
