"""Drafts kept while somebody types."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import HistoryEntry
from app.core.db import db, new_token
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import post
from tests.support import cast
from tests.support.reading import form_of

pytestmark = pytest.mark.usefixtures("frozen_clock")
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


def keep(client: FlaskClient, url: str = "/notifications/autosave", **typed: str) -> TestResponse:
    return client.post(url, data=typed, headers=JSON)


def drafts(app: Flask) -> list[Notification]:
    with app.app_context(), acting_as(system_actor("tests")):
        statement = select(Notification).where(Notification.state == "draft")
        return list(db.session.scalars(statement.order_by(Notification.id)))


def history(app: Flask, key: int) -> list[tuple[str, dict[str, Any]]]:
    with app.app_context(), acting_as(system_actor("tests")):
        entries = select(HistoryEntry.action, HistoryEntry.changes).where(
            HistoryEntry.record_type == "notification", HistoryEntry.record_id == key
        )
        return [(a, c) for a, c in db.session.execute(entries.order_by(HistoryEntry.id))]


def test_the_first_keeping_makes_a_draft_and_the_next_goes_on_with_it(
    app: Flask, clinic: FlaskClient
) -> None:
    first = keep(clinic, form_token_="t1", name="佐藤").json
    second = keep(
        clinic, first["save_url"], row_version_=str(first["row_version"]), name="佐藤 健一"
    ).json
    assert second["edit_url"] == first["edit_url"]
    assert second["saved_at"] == "12:00:00"
    assert [draft.draft for draft in drafts(app)] == [{"name": ["佐藤 健一"]}]


def test_nothing_invalid_keeps_a_draft_from_being_kept(app: Flask, clinic: FlaskClient) -> None:
    keep(clinic, form_token_="t1", birth_on="31.2.令和", sex="yes please")
    assert [draft.draft for draft in drafts(app)] == [
        {"birth_on": ["31.2.令和"], "sex": ["yes please"]}
    ]


def test_a_draft_opened_again_is_saved_without_being_called_somebody_else_s(
    app: Flask, clinic: FlaskClient
) -> None:
    kept = keep(clinic, form_token_="t1", name="佐藤").json
    form = form_of(clinic.get(kept["edit_url"]).text)
    answer = clinic.post(kept["edit_url"], data=form | {"name": "佐藤 健一", "step": "draft"})
    assert answer.status_code == 303
    assert [draft.draft["name"] for draft in drafts(app) if draft.draft] == [["佐藤 健一"]]


def test_the_history_says_that_a_draft_was_begun_and_sent_and_nothing_of_what_was_typed(
    app: Flask, clinic: FlaskClient
) -> None:
    token = new_token()
    kept = keep(clinic, form_token_=token, name="誤字 花子", remarks="まだ誰にも").json
    for name in ("誤記 花子", "佐藤 健一"):
        answer = keep(clinic, kept["save_url"], row_version_=str(kept["row_version"]), name=name)
        kept |= answer.json
    (draft,) = drafts(app)
    ((action, begun),) = history(app, draft.id)
    assert (action, begun["state"]) == ("created", [None, "draft"])
    assert "draft" not in begun
    assert "花子" not in str(begun)
    assert post(clinic, form_token_=token).status_code == 303
    _begun, (action, changes) = history(app, draft.id)
    assert (action, changes["state"]) == ("changed", ["draft", "submitted"])
    assert "draft" not in changes
    assert changes["snapshot"][1] is not None


def test_a_draft_thrown_away_leaves_who_and_when_and_nothing_else(
    app: Flask, clinic: FlaskClient
) -> None:
    kept = keep(clinic, form_token_="t1", name="佐藤").json
    (draft,) = drafts(app)
    discard = kept["edit_url"].replace("/edit/", "/discard/")
    assert clinic.post(discard, data={"form_token_": new_token()}).status_code == 303
    _begun, (action, changes) = history(app, draft.id)
    assert action == "deleted"
    assert "佐藤" not in str(changes)


def test_a_lost_answer_makes_no_second_draft(app: Flask, clinic: FlaskClient) -> None:
    keep(clinic, form_token_="t1", name="佐藤")
    keep(clinic, form_token_="t1", name="佐藤 健一")
    assert [draft.draft for draft in drafts(app)] == [{"name": ["佐藤 健一"]}]


def test_the_form_sent_after_a_lost_answer_takes_its_draft_along(
    app: Flask, clinic: FlaskClient
) -> None:
    token = new_token()
    keep(clinic, form_token_=token, name="佐藤 健一")
    assert post(clinic, form_token_=token).status_code == 303
    assert drafts(app) == []


def test_a_draft_changed_in_another_window_is_not_overwritten(
    app: Flask, clinic: FlaskClient
) -> None:
    kept = keep(clinic, form_token_="t1", name="佐藤").json
    version = str(kept["row_version"])
    assert keep(clinic, kept["save_url"], row_version_=version, name="右の窓").status_code == 200
    late = keep(clinic, kept["save_url"], row_version_=version, name="左の窓")
    assert late.status_code == 409
    assert late.json["message"] == "この下書きは別の画面で変更されました。"
    assert [draft.draft for draft in drafts(app)] == [{"name": ["右の窓"]}]


def test_two_megabytes_are_refused_and_the_draft_stays(app: Flask, clinic: FlaskClient) -> None:
    kept = keep(clinic, form_token_="t1", name="佐藤").json
    answer = keep(
        clinic, kept["save_url"], row_version_=str(kept["row_version"]), remarks="あ" * 700_000
    )
    assert answer.status_code == 422
    assert [draft.draft for draft in drafts(app)] == [{"name": ["佐藤"]}]


def test_a_draft_of_another_clinic_does_not_exist(app: Flask, clinic: FlaskClient) -> None:
    kept = keep(clinic, form_token_="t1", name="佐藤").json
    stranger = cast.sign_in(app.test_client(), "fujii")
    answer = keep(stranger, kept["save_url"], row_version_=str(kept["row_version"]), name="奪")
    assert answer.status_code == 404


def test_after_the_session_ended_the_page_is_told_and_nothing_is_kept(app: Flask) -> None:
    answer = keep(app.test_client(), form_token_="t1", name="佐藤")
    assert answer.status_code == 401
    assert drafts(app) == []
