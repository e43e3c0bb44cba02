"""What is typed that cannot be right: said, kept, shown as text."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cases.models import Case
from app.core.db import db
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import count, notify, post

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"onset_on": "2021年2月29日"}, "存在しない日付です"),
        ({"onset_on": "2021/8/21"}, "発病年月日が"),
        ({"birth_on": "S99.1.1"}, "昭和"),
        ({"name": "佐藤\x00健一"}, "制御文字"),
        ({"symptoms": ["none", "fever"]}, "なし"),
        ({"symptoms": ["' OR 1=1 --"]}, "symptoms"),
        ({"sex": "robot"}, "sex"),
        ({"remarks": "あ" * 20_001}, "20,000"),
        ({"responsible_centre_id": "999999"}, "responsible_centre_id"),
        ({"name": "山" * 101}, "100"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_everything_typed_is_kept(
    app: Flask, clinic: FlaskClient, changes: dict[str, object], word: str
) -> None:
    before = count(app, Case)
    answer = post(clinic, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'class="error-summary"' in page
    assert word in page
    assert "S60.5.1" in page or "birth_on" in changes
    assert "０９０-1234-5678" in page
    assert count(app, Case) == before


@pytest.mark.parametrize(
    ("name", "text", "stored"),
    [
        ("name", "ｻﾄｳ　健一", "サトウ 健一"),
        ("name", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("address", "東京都新宿区西新宿２−８−１　🏥ビル", "東京都新宿区西新宿2-8-1 🏥ビル"),
        ("occupation_detail", "'; DROP TABLE person; --", "'; DROP TABLE person; --"),
    ],
)
def test_odd_text_is_stored_and_shown_as_text(
    app: Flask, clinic: FlaskClient, name: str, text: str, stored: str
) -> None:
    key = notify(clinic, **{name: text})
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "<script>alert(1)</script>" not in page
    with app.app_context(), acting_as(system_actor("test")):
        record = db.session.get(Notification, int(key))
        assert record is not None
        assert record.snapshot is not None
        assert record.snapshot["values"][name] in (stored, stored.replace("-", "−"))


def test_ten_thousand_characters_of_remarks_are_kept(clinic: FlaskClient) -> None:
    text = "経過を記載。" * 1_666
    key = notify(clinic, remarks=text)
    assert text in clinic.get(f"/notifications/show/{key}").get_data(as_text=True)


def test_an_adult_answers_at_most_twenty_mandatory_items(app: Flask, clinic: FlaskClient) -> None:
    blank = dict.fromkeys(LINES)
    page = post(clinic, **blank).get_data(as_text=True)
    summary = page[page.index("error-summary") : page.index("form-layout")]
    assert 10 < summary.count("<li>") <= 20
