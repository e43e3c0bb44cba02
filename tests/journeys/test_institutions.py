"""A clinic is registered, let in, works, and is shut out: on a desk and on a telephone."""

import pytest

from app.core.db import db
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from tests.journeys.steps import Portal, Window
from tests.support import cast

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "telephone"])
def test_a_clinic_is_registered_and_let_in(portal: Portal, phone: bool) -> None:
    aoki = portal.signed_in("aoki", phone=phone)
    assert aoki.open("/institutions/tree/") == 200
    aoki.sees("新宿区保健所", "新宿駅前内科クリニック", "ホテル新宿")
    aoki.looks_right("branch")
    aoki.is_accessible()
    aoki.follow("機関を登録")
    aoki.sees("機関の追加")
    aoki.choose(kind="clinic")
    aoki.type(code="1310412345", name="西新宿クリニック", phone="03-5555-0000")
    aoki.looks_right("register")
    aoki.press("保存")
    aoki.sees("西新宿クリニック", "利用停止中")
    aoki.looks_right("registered")
    aoki.follow("システムの利用")
    aoki.sees("利用を停止すると")
    aoki.choose(use="on", entries=("notification",))
    aoki.press("保存")
    aoki.sees("理由を入力してください。")
    aoki.type(reason="発生届の入力を希望")
    aoki.looks_right("use")
    aoki.is_accessible()
    aoki.press("保存")
    aoki.sees("利用可", "発生届の入力")
    aoki.follow("システムの利用")
    aoki.sees("これまでの決定", "発生届の入力を希望", "青木 一郎")


def test_who_is_shut_out_is_out_at_the_next_click_and_is_told_why(portal: Portal) -> None:
    endo, aoki = portal.signed_in("endo"), portal.signed_in("aoki")
    assert endo.open("/cases/list/") == 200
    assert aoki.open(f"/institutions/{_clinic(portal)}/use") == 200
    aoki.choose(use="off")
    aoki.type(reason="利用の終了")
    aoki.press("保存")
    aoki.sees("利用停止中")
    endo.open("/cases/list/")
    endo.sees("ログイン")
    _types_password(endo)
    endo.sees("貴機関は現在このシステムの利用を許可されていません。")
    endo.looks_right("shut-out")


def _types_password(window: Window) -> None:
    window.type(username="endo", password=cast.PASSWORD)
    window.press("次へ")


def _clinic(portal: Portal) -> int:
    with portal.app.app_context(), acting_as(system_actor("test")):
        found = institution_by_code("clinic-shinjuku")
        assert found is not None
        key = found.id
        db.session.remove()
        return key
