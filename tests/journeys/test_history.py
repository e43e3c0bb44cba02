"""Somebody changes a case; the history says it, takes it back, and says that too."""

import re
from pathlib import Path

import pytest

from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_change_is_told_taken_back_and_that_is_told_too(portal: Portal, *, phone: bool) -> None:
    with portal.app.app_context():
        case = cast.own_episode().case
    clerk = portal.signed_in("aoki", phone=phone)
    clerk.open(f"/cases/edit/{case}")
    clerk.type(travel_country="英国")
    clerk.press("保存")
    clerk.page.wait_for_url(re.compile("/cases/show/"))
    nurse = portal.signed_in("baba", phone=phone)
    nurse.open(f"/cases/show/{case}")
    nurse.follow("履歴")
    nurse.sees("「英国」を入力", "青木 一郎（新宿区保健所・保健所 事務）")
    nurse.looks_right("history")
    nurse.is_accessible()
    nurse.page.locator(".history-entry__lines a").first.click()
    nurse.sees("取り消す変更", "「英国」を入力")
    nurse.looks_right("history-revert")
    nurse.is_accessible()
    nurse.type(reason="別の患者の内容を入力したため")
    nurse.press("元に戻す")
    nurse.page.wait_for_url(re.compile("/cases/history/"))
    nurse.sees("項目を元に戻しました", "「英国」を消去")
    nurse.sees("理由：変更の取消し：別の患者の内容を入力したため", "馬場 二葉")
    nurse.looks_right("history-after")


def test_a_history_is_printed_on_numbered_pages(portal: Portal, tmp_path: Path) -> None:
    with portal.app.app_context():
        case = cast.own_episode().case
    clerk = portal.signed_in("aoki")
    clerk.open(f"/cases/history/{case}")
    clerk.follow("印刷用の表示")
    clerk.sees("変更履歴の記録", "検証コード", "青木 一郎", "記録時のままである")
    clerk.looks_right("history-print")
    clerk.is_accessible()
    printed = clerk.page.pdf(path=tmp_path / "history.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2
