"""A family of four reports from the link in a mail that a real mail server received.

Taps are counted as the thumb makes them: the link in the mail, "Open", "Everyone: no symptoms".
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.messaging.delivery import deliver_due
from app.security.actor import acting_as
from tests.journeys.steps import Portal
from tests.portal.conftest import TESTS, Household, family
from tests.support.post import mail_server

pytestmark = pytest.mark.browser
LARGEST = 60_000
MOST_TAPS = 4


class Phone:
    """A phone in one hand: every touch counts, and so does every byte."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.sizes: dict[str, int] = {}
        page.on("response", self._weigh)

    def _weigh(self, answer: Response) -> None:
        if answer.status == 200:
            self.sizes[answer.url] = len(answer.body())

    def follow(self, link: str) -> None:
        """Touch the link in the mail."""
        self.taps += 1
        self.page.goto(link)

    def tap(self, name: str) -> None:
        """Touch a button."""
        self.taps += 1
        self.page.get_by_role("button", name=name).tap()


@pytest.fixture
def invited(portal: Portal) -> tuple[Household, str]:
    """The family, and the link as it stood in the mail that arrived."""
    portal.app.config["PORTAL_URL"] = portal.address
    with mail_server(portal.app) as box, portal.app.app_context(), clock.frozen_at(portal.now):
        made = family(portal.app)
        assert deliver_due() == {"sent": 1}
        (mail,) = box.mails
        db.session.remove()
    assert mail["To"] == "hanako@example.jp"
    text = mail.get_content()
    assert "山田" not in mail.as_string()
    assert "山田" not in text
    found = re.search(r"http://127\.0\.0\.1:\d+/p/[0-9a-z.]+", text.replace("\n", ""))
    assert found is not None, text
    return made, found[0]


def touched(portal: Portal) -> Phone:
    """A phone of 390 px without any session."""
    context = portal.browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="ja-JP"
    )
    context.set_default_timeout(30_000)
    portal._contexts.append(context)
    return Phone(context.new_page())


def reported(portal: Portal) -> list[HealthObservation]:
    with portal.app.app_context(), acting_as(TESTS):
        wanted = select(HealthObservation).where(HealthObservation.source == "web")
        return list(db.session.scalars(wanted.order_by(HealthObservation.id)))


def test_a_family_of_four_reports_in_three_taps(
    portal: Portal, invited: tuple[Household, str]
) -> None:
    _made, link = invited
    phone = touched(portal)
    phone.follow(link)
    expect(phone.page.get_by_role("heading", name="毎日の健康観察")).to_be_visible()
    expect(phone.page.get_by_text("山田")).to_have_count(0)
    phone.page.get_by_label("生年月日").fill("１９５５０４３０")
    phone.tap("開く")
    expect(phone.page.get_by_role("heading", name="山田 小雪")).to_be_visible()
    phone.tap("全員：症状なし、昨日と同じ")
    expect(phone.page.get_by_text("ありがとうございました。報告が届きました。")).to_be_visible()
    assert phone.taps <= MOST_TAPS
    assert len(reported(portal)) == 4
    assert sum(phone.sizes.values()) <= LARGEST, phone.sizes
    wide = phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    assert phone.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_worse_today_leads_to_the_telephone_and_to_the_nurse(
    portal: Portal, invited: tuple[Household, str]
) -> None:
    made, link = invited
    phone = touched(portal)
    phone.follow(link)
    phone.page.get_by_label("生年月日").fill("19550430")
    phone.tap("開く")
    phone.page.get_by_role("link", name="症状を入力する").first.tap()
    expect(phone.page.get_by_role("heading", name="山田 花子")).to_be_visible()
    phone.page.get_by_label("体温").fill("39,1")
    phone.page.get_by_label("酸素飽和度").fill("９２")
    phone.page.get_by_label("胸の痛みがある").check()
    phone.tap("送信する")
    expect(phone.page.get_by_role("alert")).to_contain_text("すぐに電話してください")
    expect(phone.page.get_by_role("link", name="119").first).to_be_visible()
    nurse = portal.signed_in("baba")
    nurse.page.goto(f"{portal.address}/cases/{made.case}/symptoms")
    expect(nurse.page.locator("main")).to_contain_text("39.1")
    expect(nurse.page.locator("main")).to_contain_text("緊急性の高い症状")


def test_the_page_works_without_javascript(portal: Portal, invited: tuple[Household, str]) -> None:
    _made, link = invited
    context = portal.browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="vi-VN"
    )
    context.set_default_timeout(30_000)
    portal._contexts.append(context)
    page = context.new_page()
    page.goto(f"{link}?l=vi")
    page.get_by_label("Ngày sinh").fill("19550430")
    page.get_by_role("button", name="Mở").click()
    page.get_by_role("button", name="Mọi người: không triệu chứng, như hôm qua").click()
    expect(page.get_by_text("Chúng tôi đã nhận được báo cáo.")).to_be_visible()
    assert len(reported(portal)) == 4


def observed_for_fourteen_days(portal: Portal, contact: int) -> None:
    """What a contact reported before: 36.0 on the first day, a tenth more each day."""
    today = clock.in_japan(portal.now).date()
    with portal.app.app_context(), acting_as(TESTS), transaction() as session:
        for number in range(14):
            session.add(
                HealthObservation(
                    contact_id=contact,
                    observed_on=today - timedelta(days=14 - number),
                    part_of_day="morning",
                    temperature=Decimal(360 + number) / 10,
                    symptoms=(),
                    entered_by_kind="family",
                )
            )


def test_the_worsening_of_one_comes_to_the_open_board_and_the_nurse_calls_by_keys(
    portal: Portal, invited: tuple[Household, str]
) -> None:
    made, link = invited
    observed_for_fourteen_days(portal, made.contacts[2])
    nurse = portal.signed_in("baba")
    nurse.open("/board/")
    worse = nurse.page.locator(".board-row--red", has_text="山田 花子")
    expect(worse).to_have_count(0)

    phone = touched(portal)
    phone.follow(link)
    phone.page.get_by_label("生年月日").fill("19550430")
    phone.tap("開く")
    phone.page.get_by_role("link", name="症状を入力する").first.tap()
    phone.page.get_by_label("体温").fill("37.0")
    phone.page.get_by_label("酸素飽和度").fill("92")
    phone.tap("送信する")
    expect(phone.page.get_by_text("ありがとうございました。報告が届きました。")).to_be_visible()

    phone.page.get_by_role("link", name="山田 太郎").tap()
    phone.page.get_by_label("体温").fill("38.6")
    phone.tap("送信する")
    expect(phone.page.get_by_role("link", name="山田 太郎")).to_have_count(0)

    expect(worse).to_be_visible()
    with nurse.page.expect_navigation():
        nurse.page.keyboard.press("c")
    expect(nurse.page.locator(".person-header")).to_contain_text("山田 花子")
    nurse.looks_right("call-sheet")
    nurse.page.keyboard.press("4")
    expect(nurse.page.get_by_label("受診を案内")).to_be_checked()
    with nurse.page.expect_navigation():
        nurse.page.keyboard.press("Enter")
    expect(nurse.page.locator("h1")).to_have_text("架電票")
    expect(nurse.page.locator(".person-header")).to_contain_text("山田 太郎")

    nurse.open(f"/contacts/show/{made.contacts[2]}")
    nurse.follow("患者に移行")
    nurse.press("患者に移行")
    nurse.page.wait_for_url(re.compile("/cases/show/"))
    nurse.follow("症状グラフ")
    lines = nurse.page.locator("tbody tr:not(.row--missing)")
    expect(lines).to_have_count(14)
    nurse.sees("36.0", "37.3")
    nurse.looks_right("contact-of-fourteen-days")
