"""The pages of one's own work, as the people of two desks meet them."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.security.actor import Actor, acting_as
from tests.jobs import small_app
from tests.support import cast

assert small_app.count_steps  # registers the kinds of work


@pytest.fixture
def people(app: Flask) -> Iterator[tuple[Actor, Actor]]:
    """Aoki and Baba, who work at the same health centre."""
    with app.app_context():
        yield cast.actor("aoki"), cast.actor("baba")


def client_of(app: Flask, actor: Actor) -> FlaskClient:
    return cast.sign_in(app.test_client(), actor.name)


def ask(actor: Actor, tmp_path: Path) -> JobRun:
    with acting_as(actor):
        return enqueue("count_steps", {"steps": 2, "log": str(tmp_path / "log")}, by=actor)


def test_the_list_is_empty_before_anything_was_asked(
    app: Flask, people: tuple[Actor, Actor]
) -> None:
    page = client_of(app, people[0]).get("/jobs/")
    assert page.status_code == 200
    assert "empty-state" in page.text


def test_an_open_job_shows_its_progress_and_can_be_cancelled(
    app: Flask, people: tuple[Actor, Actor], tmp_path: Path
) -> None:
    row = ask(people[0], tmp_path)
    client = client_of(app, people[0])
    page = client.get(f"/jobs/{row.id}").text
    assert "<progress" in page
    assert client.get(f"/jobs/{row.id}/state.json").json["open"] is True
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(f"/jobs/{row.id}/cancel", data={"csrf_token": token[1]})
    assert answer.status_code == 302
    assert client.get(f"/jobs/{row.id}/state.json").json["state"] == "cancelled"


def test_the_file_is_offered_under_its_japanese_name(
    app: Flask, people: tuple[Actor, Actor], tmp_path: Path
) -> None:
    row = ask(people[0], tmp_path)
    assert run_job(row.id)
    client = client_of(app, people[0])
    assert f"/jobs/{row.id}/download" in client.get("/jobs/").text
    assert f"/jobs/{row.id}/download" in client.get(f"/jobs/{row.id}").text
    with client.get(f"/jobs/{row.id}/download") as answer:
        assert answer.text == "0\n1\n"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''結果.txt" in unquote(disposition)
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_person_s_job_answers_as_if_it_were_not_there(
    app: Flask, people: tuple[Actor, Actor], tmp_path: Path
) -> None:
    row = ask(people[0], tmp_path)
    run_job(row.id)
    stranger = client_of(app, people[1])
    for address in ("", "/state.json", "/download"):
        assert stranger.get(f"/jobs/{row.id}{address}").status_code == 404
    assert str(row.id) not in re.findall(r"/jobs/(\d+)", stranger.get("/jobs/").text)


@pytest.mark.parametrize("address", ["/jobs/0", "/jobs/99999999999999999999", "/jobs/x"])
def test_a_job_that_cannot_be_is_not_found(
    app: Flask, people: tuple[Actor, Actor], address: str
) -> None:
    assert client_of(app, people[0]).get(address).status_code == 404


def test_a_job_without_a_file_has_nothing_to_download(
    app: Flask, people: tuple[Actor, Actor], tmp_path: Path
) -> None:
    row = ask(people[0], tmp_path)
    assert client_of(app, people[0]).get(f"/jobs/{row.id}/download").status_code == 404
