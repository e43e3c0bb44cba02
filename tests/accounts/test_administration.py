"""What an ID administrator can do on screen, and what no form, address or field lets one do."""

import pytest
from flask import Flask

from app.accounts.models import Account
from app.core import clock
from app.core.db import db
from app.security.actor import acting_as
from app.security.roles import ROLES, RoleName
from tests.accounts.administration import TESTS, facts, institution_id, issued, key_of, send
from tests.support import cast

STEPS = (
    "lock",
    "unlock",
    "suspend",
    "resume",
    "reset",
    "close",
    "reopen",
    "activation_code",
    "end_sessions",
)


def test_the_list_shows_the_own_institution_and_nobody_else(app: Flask) -> None:
    page = cast.sign_in(app.test_client(), "ueda").get("/accounts/").text
    assert "藤井 六花" in page
    assert "上田 司" in page
    for name in ("斎藤 管", "青木 一郎", "遠藤 五月"):
        assert name not in page


def test_searching_finds_by_name_reading_state_and_role_without_a_name_in_the_address(
    app: Flask,
) -> None:
    issued(app, name="新田 真", kana="ニッタ マコト")
    client = cast.sign_in(app.test_client(), "ueda")
    for fields in ({"q": "新田"}, {"q": "にった"}, {"q": "newcomer"}, {"state": "awaiting"}):
        page = send(client, "/accounts/", **fields)
        assert page.status_code == 200
        assert "新田 真" in page.text
        assert "藤井 六花" not in page.text
    assert client.get("/accounts/?q=新田").status_code == 400


@pytest.mark.parametrize("path", ["", "/edit", *(f"/{step}" for step in STEPS)])
def test_an_account_elsewhere_does_not_exist_on_any_path(app: Flask, path: str) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    for username in ("saito", "aoki"):
        foreign = client.get(f"/accounts/{key_of(app, username)}{path}")
        missing = client.get(f"/accounts/987654{path}")
        assert foreign.status_code == missing.status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        before = facts(app, "saito")
        address = f"/accounts/{key_of(app, 'saito')}{path}"
        answer = client.post(address, data={"reason": "x", "name": "forged x", "role": "hospital"})
        assert answer.status_code in {404, 405}
        assert facts(app, "saito") == before
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("role", ["ministry", "system", "health_centre_nurse", "", "<script>"])
def test_a_role_the_kind_cannot_carry_is_not_issued(app: Flask, role: str) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    answer = send(client, "/accounts/add", name="鈴木 一", role=role, username="forged")
    assert answer.status_code == 422
    assert "鈴木 一" in answer.text
    edit = f"/accounts/{key_of(app, 'fujii')}/edit"
    assert send(client, edit, name="藤井 六花", role=role).status_code == 422
    assert facts(app, "fujii")["role"] == "hospital"


def test_fields_the_form_does_not_have_change_nothing(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    elsewhere = str(institution_id(app, "hc-shinjuku"))
    answer = send(
        client,
        "/accounts/add",
        name="鈴木 一",
        role="hospital",
        username="suzuki",
        institution_id=elsewhere,
        institution=elsewhere,
        user_id="1",
        demo="1",
        awaits_activation="0",
        password="chosen by the administrator",
    )
    assert answer.status_code == 303
    known = facts(app, "suzuki")
    assert known["institution_id"] == institution_id(app, "hospital-shinjuku")
    assert known["awaits_activation"]
    assert not known["demo"]


def test_an_institution_in_the_address_is_one_below_or_none(app: Flask) -> None:
    hospital = cast.sign_in(app.test_client(), "ueda")
    centre = cast.sign_in(app.test_client(), "saito")
    for code in ("hc-shinjuku", "clinic-shinjuku", "clinic-osaka"):
        address = f"/accounts/add?institution={institution_id(app, code)}"
        assert hospital.get(address).status_code == 404
    below = f"/accounts/add?institution={institution_id(app, 'clinic-shinjuku')}"
    assert centre.get(below).status_code == 200
    for code in ("clinic-osaka", "hospital-shinjuku", "hc-chiyoda", "authority_13104"):
        address = f"/accounts/add?institution={institution_id(app, code)}"
        assert centre.get(address).status_code == 404, code


def test_the_first_administrator_below_is_issued_once_and_then_left_alone(app: Flask) -> None:
    centre = cast.sign_in(app.test_client(), "saito")
    assert "新宿駅前内科クリニック" in centre.get("/accounts/below").text
    below = f"/accounts/add?institution={institution_id(app, 'clinic-shinjuku')}"
    assert send(centre, below, name="遠藤 管", role="clinic").status_code == 422
    answer = send(centre, below, name="遠藤 管", role="id_administrator", username="first")
    assert answer.status_code == 303
    first = f"/accounts/{key_of(app, 'first')}"
    assert centre.get(first).status_code == 200
    assert centre.get(f"{first}/activation_code").status_code == 200
    for step in ("lock", "suspend", "reset"):
        assert centre.get(f"{first}/{step}").status_code == 403
    assert "新宿駅前内科クリニック" not in centre.get("/accounts/below").text
    assert centre.get(below).status_code == 404
    with app.app_context(), acting_as(TESTS):
        account = db.session.get_one(Account, key_of(app, "first"))
        account.first_activated_at = clock.now()
        db.session.commit()
    assert centre.get(first).status_code == 404


def test_nobody_raises_or_frees_oneself(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    own = f"/accounts/{key_of(app, 'ueda')}"
    assert send(client, f"{own}/edit", name="上田 司", role="hospital").status_code == 422
    for step in ("lock", "unlock", "suspend", "resume", "reset", "reopen"):
        assert client.get(f"{own}/{step}").status_code == 403
    answer = send(client, f"{own}/close", reason="x", closed_on=clock.today().isoformat())
    assert answer.status_code == 422
    assert "最後のID管理者" in answer.text
    assert facts(app, "ueda")["closed_on"] is None


def test_markup_in_a_name_is_text(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    send(
        client,
        "/accounts/add",
        name="<script>alert(1)</script> <b>x",
        role="hospital",
        username="markup",
    )
    key = key_of(app, "markup")
    for path in (
        "/accounts/",
        f"/accounts/{key}",
        f"/accounts/{key}/edit",
        f"/accounts/{key}/lock",
    ):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page or path.endswith("edit")


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/add",
        "/accounts/bulk/",
        "/accounts/activation/letters",
        "/accounts/activation/mails",
        "/accounts/{key}/edit",
        *(f"/accounts/{{key}}/{step}" for step in STEPS),
    ],
)
def test_no_form_is_taken_without_its_token(app: Flask, path: str) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    before = facts(app, "fujii")
    address = path.format(key=key_of(app, "fujii"))
    answer = client.post(
        address,
        data={
            "reason": "x",
            "name": "forged x",
            "role": "clinic",
            "closed_on": "2021-08-20",
            "keys": "1",
        },
    )
    assert answer.status_code == 400
    assert facts(app, "fujii") == before


def test_header_lines_cannot_be_smuggled_into_an_address(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    for mail in ("a@b.example\r\nBcc: x@y.example", "a b@c.example", "nobody", "a@localhost"):
        answer = send(client, "/accounts/add", name="鈴木 一", role="hospital", mail=mail)
        assert answer.status_code == 422


def test_an_id_administrator_sees_no_patient_data_at_all(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    with app.app_context():
        own = cast.own_episode()
    for path in (
        "/cases/list/",
        f"/cases/show/{own.case}",
        f"/persons/show/{own.person}",
        "/notifications/",
        "/statistics/",
    ):
        assert client.get(path).status_code in {403, 404}, path
    doors = ROLES[RoleName.ID_ADMINISTRATOR].doors
    assert not {"case", "person", "notification", "lab_test", "contact", "statistics"} & set(doors)
