"""What goes wrong at a desk: double clicks, the back button, two at once, a session's end."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.cases.models import LabTest
from app.core.db import db
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.journeys.forms import fill_in_a_whole_notification
from tests.journeys.steps import Portal, Window, confirms_the_authenticator
from tests.support import cast

pytestmark = pytest.mark.browser


def test_a_double_click_and_a_second_sending_make_one_notification(portal: Portal) -> None:
    clinic = portal.signed_in("endo")
    before = how_many(portal, Notification)
    fill_in_a_whole_notification(clinic)
    clinic.page.locator("#main").get_by_role("button", name="届出", exact=True).dblclick()
    clinic.sees("受理待ち")
    assert how_many(portal, Notification) == before + 1
    clinic.page.reload()
    clinic.sees("受理待ち")
    clinic.page.go_back()
    clinic.sees_nothing_of("佐藤", "1234-5678")
    clinic.press("届出")
    clinic.sees("次の項目を修正してください")
    assert how_many(portal, Notification) == before + 1


def test_the_second_of_two_editors_sees_both_versions_and_decides(portal: Portal) -> None:
    number = own_case(portal)
    aoki, baba = (portal.signed_in(who) for who in ("aoki", "baba"))
    for window in (aoki, baba):
        window.open(f"/cases/edit/{number}")
    baba.type(onset_on="2021/8/9", remarks="電話で本人に確認した。")
    baba.press("保存")
    baba.page.wait_for_url(re.compile("/cases/show/"))
    aoki.type(onset_on="2021/8/8")
    aoki.press("保存")
    both = aoki.page.locator("tr.overlap")
    expect(both).to_have_count(1)
    expect(both).to_contain_text("2021/08/08")
    expect(both).to_contain_text("2021/08/09")
    aoki.sees("電話で本人に確認した。")
    expect(aoki.page.locator(".conflict-table tbody tr")).to_have_count(2)
    aoki.looks_right("conflict")
    aoki.is_accessible()
    aoki.has_in("onset_on", "2021/8/8")
    aoki.press("保存")
    aoki.page.wait_for_url(re.compile("/cases/show/"))
    aoki.sees("2021/08/08", "電話で本人に確認した。")


def test_a_form_sent_after_the_session_ended_is_there_after_the_login(portal: Portal) -> None:
    nurse = portal.signed_in("baba")
    number = own_case(portal)
    nurse.open(f"/lab-tests/add?case_id={number}")
    nurse.type(laboratory="東京都健康安全研究センター", collected_on="2021/8/19")
    portal.pass_time(minutes=31)
    nurse.press("保存")
    nurse.sees("もう一度ログインしてください")
    nurse.looks_right("session-ended")
    logs_in_again(nurse, "baba")
    nurse.has_in("laboratory", "東京都健康安全研究センター")
    nurse.has_in("collected_on", "2021/8/19")
    nurse.looks_right("form-after-login")
    before = how_many(portal, LabTest)
    nurse.press("保存")
    nurse.page.wait_for_url(re.compile("/cases/show/"))
    assert how_many(portal, LabTest) == before + 1


def test_what_was_typed_survives_a_dead_battery(portal: Portal) -> None:
    clinic = portal.signed_in("endo", phone=True)
    clinic.open("/notifications/new")
    clinic.type(name="佐藤 健一", birth_on="昭和30年4月")
    expect(clinic.page.locator("[data-autosave-note]")).to_contain_text("自動保存しました")
    clinic.page.close()
    elsewhere = portal.signed_in("endo")
    elsewhere.open("/notifications/drafts")
    elsewhere.looks_right("drafts")
    elsewhere.follow("佐藤 健一")
    elsewhere.has_in("birth_on", "昭和30年4月")
    elsewhere.type(birth_on="昭和30年4月30日")
    expect(elsewhere.page.locator("[data-autosave-note]")).to_contain_text("自動保存しました")
    elsewhere.looks_right("draft-kept")
    before = how_many(portal, Notification)
    elsewhere.press("届出")
    elsewhere.sees("次の項目を修正してください")
    elsewhere.has_in("birth_on", "昭和30年4月30日")
    assert how_many(portal, Notification) == before


def test_sending_at_once_after_typing_is_no_conflict_with_the_keeping(portal: Portal) -> None:
    clinic = portal.signed_in("endo")
    before = how_many(portal, Notification)
    fill_in_a_whole_notification(clinic)
    expect(clinic.page.locator("[data-autosave-note]")).to_contain_text("自動保存しました")
    clinic.type(remarks="家族4人で同居")
    clinic.press("届出")
    clinic.sees("受理待ち", "家族4人で同居")
    assert how_many(portal, Notification) == before + 1


# -- steps ------------------------------------------------------------------------------------


def own_case(portal: Portal) -> int:
    with portal.app.app_context():
        return cast.own_episode().case


def how_many(portal: Portal, model: type) -> int:
    """Counted by the system, past the laws of rows."""
    with portal.app.app_context(), acting_as(system_actor("tests")):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def logs_in_again(window: Window, username: str) -> None:
    """The two steps of the login, on the page the portal leads to."""
    window.type(username=username, password=cast.PASSWORD)
    window.press("次へ")
    confirms_the_authenticator(window)
