"""Drafts on screen: kept as typed, by one or by two people."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.notifications.samples import key_of, post
from tests.support.reading import form_of

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")


def test_a_draft_with_any_content_comes_back_as_typed_and_can_be_submitted(
    app: Flask, clinic: FlaskClient, centre: FlaskClient
) -> None:
    answer = post(clinic, step="draft", onset_on="2021年2月29日", name=None)
    assert answer.status_code == 303
    key = key_of(answer.location)
    page = clinic.get(f"/notifications/edit/{key}").get_data(as_text=True)
    assert "2021年2月29日" in page
    assert "０９０-1234-5678" in page
    drafts = clinic.get("/notifications/drafts").get_data(as_text=True)
    assert f"/notifications/edit/{key}" in drafts
    assert "氏名" in drafts
    assert centre.get(f"/notifications/show/{key}").status_code == 404
    sent = post(clinic, f"/notifications/edit/{key}", row_version_="1")
    assert sent.status_code == 303, sent.get_data(as_text=True)[:2000]
    assert centre.get(f"/notifications/show/{key}").status_code == 200


def test_what_two_people_enter_apart_into_a_draft_is_kept_of_both(clinic: FlaskClient) -> None:
    key = key_of(post(clinic, step="draft", name="甲", kana=None).location)
    path = f"/notifications/edit/{key}"
    opened = form_of(clinic.get(path).text)
    colleague = clinic.post(path, data=opened | {"step": "draft", "kana": "コウ"})
    assert colleague.status_code == 303
    mine = clinic.post(path, data=opened | {"step": "draft", "onset_on": "2021/8/1"})
    assert mine.status_code == 303
    after = form_of(clinic.get(path).text)
    assert (after["name"], after["kana"], after["onset_on"]) == ("甲", "コウ", "2021/8/1")


def test_what_two_people_enter_differently_into_a_draft_is_shown(clinic: FlaskClient) -> None:
    key = key_of(post(clinic, step="draft", name="甲", kana=None).location)
    path = f"/notifications/edit/{key}"
    opened = form_of(clinic.get(path).text)
    clinic.post(path, data=opened | {"step": "draft", "name": "乙", "kana": "オツ"})
    mine = clinic.post(path, data=opened | {"step": "draft", "name": "丙"})
    assert mine.status_code == 409
    table = mine.text[mine.text.index("conflict-table") :].split("</table>")[0]
    for name in ("甲", "乙", "丙"):
        assert name in table
    again = form_of(mine.text)
    assert (again["name"], again["kana"]) == ("丙", "オツ")
    assert clinic.post(path, data=again | {"step": "draft"}).status_code == 303
    assert form_of(clinic.get(path).text)["name"] == "丙"


def test_a_draft_saved_by_a_colleague_is_not_overwritten_unseen(clinic: FlaskClient) -> None:
    key = key_of(post(clinic, step="draft").location)
    path = f"/notifications/edit/{key}"
    assert post(clinic, path, step="draft", row_version_="1", name="甲").status_code == 303
    late = post(clinic, path, step="draft", row_version_="1", name="乙")
    assert late.status_code == 409
    assert "乙" in late.get_data(as_text=True)
