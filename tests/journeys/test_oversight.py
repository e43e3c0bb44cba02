"""A foreign case is opened in an emergency; those in charge answer who saw it and on what ground."""

import pytest

from app.cases.rules import case_number
from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_break_glass_and_who_saw(portal: Portal, phone: bool) -> None:
    with portal.app.app_context():
        foreign, own = cast.foreign_episode(), cast.own_episode()
    clerk = portal.signed_in("aoki", phone=phone)
    clerk.open("/break-glass/open")
    clerk.page.get_by_label("患者等ID").fill(case_number(foreign.case))
    clerk.page.get_by_label("理由").select_option("patient_here")
    clerk.page.get_by_label("事情").fill("窓口に来所している")
    clerk.press("確認画面へ進む")
    clerk.sees("開くと次のようになります", "担当保健所とその個人情報保護担当に直ちに通知され")
    clerk.sees_nothing_of("外山")
    clerk.press("緊急閲覧で開く")
    clerk.sees("外山 秘蔵", "緊急閲覧中：残り60分")

    centre = portal.signed_in("zaizen", phone=phone)
    centre.open("/")
    centre.sees("担当する症例1件が緊急閲覧で開かれました")
    centre.follow("緊急閲覧の一覧")
    centre.sees("青木 一郎", "新宿区保健所")
    centre.page.get_by_role("rowheader").get_by_role("link").first.click()
    centre.sees("窓口に来所している", "患者情報・表示")
    centre.press("確認済み")
    centre.sees("確認を記録しました")

    portal.pass_time(minutes=60)
    again = portal.signed_in("aoki", phone=phone)
    assert again.open(f"/cases/show/{foreign.case}") == 404

    portal.signed_in("fujii", phone=phone).open(f"/cases/show/{own.case}")
    officer = portal.signed_in("hogo", phone=phone)
    officer.open("/looks/people/")
    officer.page.get_by_label("患者等ID").fill(case_number(own.case))
    officer.press("検索")
    officer.sees("山田 花子")
    officer.page.get_by_role("rowheader").get_by_role("link").first.click()
    officer.sees("藤井 六花", "療養・治療機関", "変更した人と内容")
