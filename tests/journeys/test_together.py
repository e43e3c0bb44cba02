"""Two at one record: they know of each other, and neither loses what was typed."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser
NOTICE = "同じ機関の馬場 二葉さんがこの画面を開いています。"


def own_case(portal: Portal) -> int:
    with portal.app.app_context():
        return cast.own_episode().case


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_who_opens_a_form_reads_who_is_in_it_and_both_changes_stay(
    portal: Portal, phone: bool
) -> None:
    number = own_case(portal)
    baba, aoki = portal.signed_in("baba"), portal.signed_in("aoki", phone=phone)
    baba.open(f"/cases/edit/{number}")
    aoki.open(f"/cases/edit/{number}")
    notice = aoki.page.locator("[data-presence]")
    expect(notice).to_contain_text(NOTICE)
    aoki.looks_right(f"presence-{'phone' if phone else 'desk'}")
    aoki.is_accessible()
    baba.type(travel_country="タイ")
    baba.press("保存")
    baba.page.wait_for_url(re.compile("/cases/show/"))
    # The page asks anew when it comes into view: nobody else is there any more.
    aoki.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice).not_to_contain_text("馬場")
    aoki.type(remarks="電話で本人に確認した。")
    aoki.press("保存")
    aoki.page.wait_for_url(re.compile("/cases/show/"))
    aoki.sees("どちらの変更も残っています", "タイ", "電話で本人に確認した。")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_both_changed_is_shown_side_by_side(portal: Portal, phone: bool) -> None:
    number = own_case(portal)
    baba, aoki = portal.signed_in("baba"), portal.signed_in("aoki", phone=phone)
    for window in (baba, aoki):
        window.open(f"/cases/edit/{number}")
    baba.type(travel_country="タイ")
    baba.press("保存")
    baba.page.wait_for_url(re.compile("/cases/show/"))
    aoki.type(travel_country="米国")
    aoki.press("保存")
    expect(aoki.page.locator("tr.overlap")).to_contain_text("タイ")
    aoki.looks_right(f"both-changed-{'phone' if phone else 'desk'}")
    aoki.is_accessible()
    aoki.press("保存")
    aoki.page.wait_for_url(re.compile("/cases/show/"))
    aoki.sees("米国")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_was_typed_into_a_deleted_record_is_still_there(portal: Portal, phone: bool) -> None:
    with portal.app.app_context():
        key = cast.own_episode().observation
    baba, aoki = portal.signed_in("baba"), portal.signed_in("aoki", phone=phone)
    aoki.open(f"/observations/edit/{key}")
    aoki.type(remarks="午後に電話した。")
    baba.open(f"/observations/delete/{key}")
    baba.press("削除")
    baba.page.wait_for_url(re.compile("/cases/show/"))
    aoki.press("保存")
    aoki.sees("この記録はもうありません")
    expect(aoki.page.locator("textarea")).to_have_value(re.compile("午後に電話した。"))
    aoki.looks_right(f"gone-{'phone' if phone else 'desk'}")
    aoki.is_accessible()


def test_a_key_for_a_system_is_shown_once_on_screen(portal: Portal) -> None:
    saito = portal.signed_in("saito")
    saito.open("/api-keys/add")
    saito.type(name="電子カルテ連携", expires_on="2021/12/31")
    saito.page.locator("[name=role]").select_option("health_centre_nurse")
    saito.page.get_by_label("検査記録 登録・変更").check()
    saito.looks_right("api-key-form")
    saito.press("保存")
    saito.sees("APIキーを発行しました")
    expect(saito.page.locator("p.secret-text")).to_contain_text("hsk_")
    saito.looks_right("api-key-issued")
    saito.is_accessible()
    saito.open("/api-keys/list/")
    saito.sees("電子カルテ連携", "有効", "未使用")
