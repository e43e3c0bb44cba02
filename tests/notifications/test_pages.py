"""The screens of clinic and health centre, as their browsers ask for them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import db, new_token
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import post, statements
from tests.support import cast
from tests.support.reading import form_of

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # Forged posts are another test's subject; here every form is the sender's own.
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


@pytest.fixture
def centre(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "aoki")


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "zaizen")


def _key(location: str) -> str:
    found = re.search(r"/notifications/\w+/(\d+)$", location)
    assert found, location
    return found[1]


def _sent(client: FlaskClient, **changes: object) -> str:
    answer = post(client, **changes)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return _key(answer.location)


def _count(app: Flask, model: type) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.scalar(select(func.count(model.id))) or 0  # type: ignore[attr-defined]


def test_the_centre_of_the_address_sees_it_at_once_and_another_never(
    clinic: FlaskClient, centre: FlaskClient, stranger: FlaskClient
) -> None:
    key = _sent(clinic)
    for client in (clinic, centre):
        page = client.get(f"/notifications/show/{key}").get_data(as_text=True)
        assert "受理待ち" in page
        assert "佐藤 健一" in page
    assert "佐藤 健一" in centre.get("/notifications/list/").get_data(as_text=True)
    assert "佐藤 健一" not in stranger.get("/notifications/list/").get_data(as_text=True)
    assert stranger.get(f"/notifications/show/{key}").status_code == 404
    assert stranger.post(f"/notifications/accept/{key}").status_code == 404
    for door in ("return", "withdraw", "correct", "edit", "discard"):
        assert stranger.get(f"/notifications/{door}/{key}").status_code == 404


def test_acceptance_gives_the_number_and_the_second_is_told(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = _sent(clinic)
    first = centre.post(f"/notifications/accept/{key}", follow_redirects=True)
    number = re.search(r"患者等IDは(\d{8})|number is (\d{8})", first.get_data(as_text=True))
    assert number
    second = centre.post(f"/notifications/accept/{key}", follow_redirects=True)
    assert "青木 一郎" in second.get_data(as_text=True)
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert (number[1] or number[2]) in page


def test_a_double_click_makes_one_record(app: Flask, clinic: FlaskClient) -> None:
    token = new_token()
    before = _count(app, Case)
    first = post(clinic, form_token_=token)
    second = post(clinic, form_token_=token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert _count(app, Case) == before + 1


def test_the_clinic_may_not_accept(clinic: FlaskClient) -> None:
    key = _sent(clinic)
    assert clinic.post(f"/notifications/accept/{key}").status_code in (302, 303, 403)
    assert "受理待ち" in clinic.get(f"/notifications/show/{key}").get_data(as_text=True)


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
    before = _count(app, Case)
    answer = post(clinic, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'class="error-summary"' in page
    assert word in page
    assert "S60.5.1" in page or "birth_on" in changes
    assert "０９０-1234-5678" in page
    assert _count(app, Case) == before


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
    key = _sent(clinic, **{name: text})
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "<script>alert(1)</script>" not in page
    with app.app_context(), acting_as(system_actor("test")):
        record = db.session.get(Notification, int(key))
        assert record is not None
        assert record.snapshot is not None
        assert record.snapshot["values"][name] in (stored, stored.replace("-", "−"))


def test_ten_thousand_characters_of_remarks_are_kept(clinic: FlaskClient) -> None:
    text = "経過を記載。" * 1_666
    key = _sent(clinic, remarks=text)
    assert text in clinic.get(f"/notifications/show/{key}").get_data(as_text=True)


def test_a_clinic_cannot_write_in_the_name_of_another(app: Flask, clinic: FlaskClient) -> None:
    with app.app_context():
        own = cast.actor("endo").institution_id
        other = cast.actor("fujii").institution_id
    key = _sent(
        clinic,
        institution_id=str(other),
        state="accepted",
        case_id="1",
        number="00000000",
        accepted_by="だれか",
    )
    with app.app_context(), acting_as(system_actor("test")):
        record = db.session.get(Notification, int(key))
        assert record is not None
        assert (record.institution_id, record.state, record.accepted_by) == (
            own,
            "submitted",
            None,
        )


def test_a_health_centre_types_a_fax_for_a_clinic(
    app: Flask, centre: FlaskClient, clinic: FlaskClient
) -> None:
    with app.app_context():
        own = cast.actor("endo").institution_id
    key = _sent(centre, institution_id=str(own))
    assert clinic.get(f"/notifications/show/{key}").status_code == 200


def test_a_draft_with_any_content_comes_back_as_typed_and_can_be_submitted(
    app: Flask, clinic: FlaskClient, centre: FlaskClient
) -> None:
    answer = post(clinic, step="draft", onset_on="2021年2月29日", name=None)
    assert answer.status_code == 303
    key = _key(answer.location)
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
    key = _key(post(clinic, step="draft", name="甲", kana=None).location)
    path = f"/notifications/edit/{key}"
    opened = form_of(clinic.get(path).text)
    colleague = clinic.post(path, data=opened | {"step": "draft", "kana": "コウ"})
    assert colleague.status_code == 303
    mine = clinic.post(path, data=opened | {"step": "draft", "onset_on": "2021/8/1"})
    assert mine.status_code == 303
    after = form_of(clinic.get(path).text)
    assert (after["name"], after["kana"], after["onset_on"]) == ("甲", "コウ", "2021/8/1")


def test_what_two_people_enter_differently_into_a_draft_is_shown(clinic: FlaskClient) -> None:
    key = _key(post(clinic, step="draft", name="甲", kana=None).location)
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
    key = _key(post(clinic, step="draft").location)
    path = f"/notifications/edit/{key}"
    assert post(clinic, path, step="draft", row_version_="1", name="甲").status_code == 303
    late = post(clinic, path, step="draft", row_version_="1", name="乙")
    assert late.status_code == 409
    assert "乙" in late.get_data(as_text=True)


def test_the_form_shows_again_with_questions_until_they_are_confirmed(clinic: FlaskClient) -> None:
    asked = post(clinic, test_nucleic_acid_result="negative")
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "陽性の検査結果がありません" in page
    sent = post(
        clinic,
        test_nucleic_acid_result="negative",
        confirmed_="y",
        warned_="confirmed_without_positive",
    )
    assert sent.status_code == 303


def test_ticked_rows_are_accepted_each_by_itself(clinic: FlaskClient, centre: FlaskClient) -> None:
    first = _sent(clinic)
    second = _sent(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    centre.post(f"/notifications/accept/{first}")
    page = centre.post(
        "/notifications/action_post?name=accept", data={"keys": [first, second]}
    ).get_data(as_text=True)
    assert page.count("tag--success") == 1
    assert "青木 一郎" in page


def test_kana_is_searched_by_post_only(clinic: FlaskClient, centre: FlaskClient) -> None:
    _sent(clinic)
    _sent(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    found = centre.post("/notifications/list/", data={"case__person__kana": "さとう"})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert "佐藤 健一" in page
    assert "鈴木 二郎" not in page
    assert centre.get("/notifications/list/?case__person__kana=さとう").status_code == 400


def test_what_waits_stands_first(clinic: FlaskClient, centre: FlaskClient) -> None:
    _sent(clinic)
    last = _sent(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    centre.post(f"/notifications/accept/{last}")
    page = centre.get("/notifications/list/").get_data(as_text=True)
    assert page.index("佐藤 健一") < page.index("鈴木 二郎")


def test_return_asks_for_a_reason_and_the_clinic_reads_it(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = _sent(clinic)
    assert centre.post(f"/notifications/return/{key}", data={"reason": " "}).status_code == 422
    assert (
        centre.post(
            f"/notifications/return/{key}", data={"reason": "住所をご確認ください"}
        ).status_code
        == 303
    )
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "住所をご確認ください" in page
    assert f"/notifications/correct/{key}" in page


def test_a_correction_starts_from_what_was_submitted(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = _sent(clinic)
    page = clinic.get(f"/notifications/correct/{key}").get_data(as_text=True)
    assert "1985/05/01" in page
    answer = post(clinic, f"/notifications/correct/{key}", onset_on="2021/8/15")
    assert answer.status_code == 303
    new = _key(answer.location)
    assert new != key
    assert "訂正済み" in centre.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "2021/08/15" in centre.get(f"/notifications/show/{new}").get_data(as_text=True)


def test_a_submitted_notification_opens_no_form(clinic: FlaskClient) -> None:
    key = _sent(clinic)
    answer = clinic.get(f"/notifications/edit/{key}")
    assert answer.status_code == 303
    late = post(clinic, f"/notifications/edit/{key}", row_version_="1", confirmed_="y")
    assert late.status_code in (409, 422)


def test_an_adult_answers_at_most_twenty_mandatory_items(app: Flask, clinic: FlaskClient) -> None:
    blank = dict.fromkeys(LINES)
    page = post(clinic, **blank).get_data(as_text=True)
    summary = page[page.index("error-summary") : page.index("form-layout")]
    assert 10 < summary.count("<li>") <= 20


@pytest.mark.one_database
def test_statements_are_counted(app: Flask, clinic: FlaskClient, centre: FlaskClient) -> None:
    for number in range(5):
        _sent(clinic, name=f"患者{number}", kana=f"カンジャ{'アイウエオ'[number]}")

    def spent(client: FlaskClient, path: str, **posted: object) -> list[str]:
        with app.app_context(), statements() as sent:
            answer = post(client, path, **posted) if posted else client.get(path)
            assert answer.status_code in (200, 303)
        return sent

    assert len(spent(centre, "/notifications/list/")) <= 8
    assert len(spent(clinic, "/notifications/new")) <= 8
    sent = spent(clinic, "/notifications/new", name="新 患者", kana="アタラシイ カンジャ")
    # Two of them say which disease the institution notifies and what its form is.
    assert len(sent) <= 23, "\n".join(s.replace("\n", " ")[:160] for s in sent)
    with app.app_context(), acting_as(system_actor("test")):
        key = db.session.scalar(select(func.max(Notification.id)))
        db.session.remove()
    assert len(spent(centre, f"/notifications/show/{key}")) <= 15
    with app.app_context(), statements() as counted:
        centre.post(f"/notifications/accept/{key}")
    # Two of them look for a case of the same person.
    assert len(counted) <= 16, "\n".join(s[:90] for s in counted)


def test_a_form_sent_after_the_session_ended_is_filled_in_again(
    app: Flask, clinic: FlaskClient
) -> None:
    with clinic.session_transaction() as session:
        session["seen_at"] = session["since_at"] = 0
    parked = clinic.post(
        "/notifications/new",
        data={"name": "途中 花子", "onset_on": "R3.2.29", "form_token_": new_token()},
        headers={"Origin": "http://localhost"},
    )
    assert parked.status_code == 303
    cast.sign_in(clinic, "endo")
    page = clinic.get("/notifications/new?parked=1").get_data(as_text=True)
    assert "途中 花子" in page
    assert "R3.2.29" in page


def test_the_case_shows_its_notifications(clinic: FlaskClient, centre: FlaskClient) -> None:
    key = _sent(clinic)
    centre.post(f"/notifications/accept/{key}")
    shown = centre.get(f"/notifications/show/{key}").get_data(as_text=True)
    case = re.search(r"/cases/show/(\d+)", shown)
    assert case
    tab = centre.get(f"/cases/show/{case[1]}?tab=notifications").get_data(as_text=True)
    assert f"/notifications/show/{key}" in tab
    assert "/notifications/new?" not in tab


def test_programs_read_the_same_notifications(
    clinic: FlaskClient, centre: FlaskClient, stranger: FlaskClient
) -> None:
    key = _sent(clinic)
    read = centre.get(f"/api/v1/notification/{key}")
    assert read.status_code == 200
    assert "snapshot" not in read.json["result"]
    assert stranger.get(f"/api/v1/notification/{key}").status_code == 404
