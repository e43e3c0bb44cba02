"""Days of observation, a contact followed, and the contact who falls ill."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Portal, Window
from tests.support import cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_nurse_sees_the_course_with_its_gap_and_the_red_alert(
    portal: Portal, *, phone: bool
) -> None:
    case = the_own_case(portal)
    nurse = portal.signed_in("baba", phone=phone)
    observes(nurse, case, "2021/8/16", "morning", temperature="38.2", spo2="97")
    observes(nurse, case, "2021/8/16", "evening", temperature="38.6", spo2="96")
    observes(nurse, case, "2021/8/17", "morning", temperature="37.4", spo2="96")
    observes(nurse, case, "2021/8/19", "evening", temperature="38.9", spo2="95")
    observes(nurse, case, "2021/8/20", "morning", temperature="39.0", spo2="92")
    nurse.looks_right("observations")
    nurse.follow("症状グラフ")
    nurse.sees("92", "2021/08/20")
    expect(nurse.page.locator(".level-card--danger")).to_be_visible()
    missing = nurse.page.locator("tr.row--missing")
    assert "2021/08/18" in " ".join(missing.all_inner_texts())
    assert nurse.page.locator("svg[role=img]:visible").count() >= 1
    nurse.looks_right("symptoms")
    nurse.is_accessible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_contact_is_followed_and_becomes_a_case_without_typing_again(
    portal: Portal, *, phone: bool
) -> None:
    case = the_own_case(portal)
    clerk = portal.signed_in("aoki", phone=phone)
    adds_a_contact(clerk, case)
    contact = clerk.page.url.removeprefix(portal.address)
    observes(clerk, contact, "2021/8/19", "morning", temperature="36.6", spo2="98")
    observes(clerk, contact, "2021/8/20", "morning", temperature="38.1", spo2="97")
    clerk.open(contact)
    clerk.looks_right("contact")
    clerk.is_accessible()
    clerk.follow("患者に移行")
    clerk.sees("山田 次郎")
    clerk.looks_right("contact-convert")
    clerk.press("患者に移行")
    clerk.page.wait_for_url(re.compile("/cases/show/"))
    clerk.sees("山田 次郎", "ヤマダ ジロウ", "1988/11/03")
    clerk.looks_right("contact-now-a-case")
    clerk.follow("症状グラフ")
    clerk.sees("38.1", "36.6")
    clerk.looks_right("contact-now-a-case-symptoms")
    clerk.open(contact)
    clerk.sees_no_link("患者に移行")


# -- steps ------------------------------------------------------------------------------------


def the_own_case(portal: Portal) -> str:
    """The path of the case our health centre answers for."""
    with portal.app.app_context():
        return f"/cases/show/{cast.own_episode().case}"


def observes(window: Window, subject: str, day: str, part: str, **measured: str) -> None:
    """From the page of the case or contact to a saved observation."""
    window.open(f"{subject}?tab=observations")
    window.follow("追加")
    window.looks_right("observation-form")
    window.type(observed_on=day, **measured)
    window.choose(part_of_day=part, symptoms="cough")
    window.press("保存")
    window.page.wait_for_url(re.compile("tab=observations"))
    window.sees(day.replace("/8/", "/08/"))


def adds_a_contact(clerk: Window, case: str) -> None:
    clerk.open(case)
    clerk.follow("接触者を追加")
    clerk.looks_right("contact-form")
    clerk.type(
        name="山田 次郎",
        kana="ヤマダ ジロウ",
        birth_on="S63.11.3",
        mobile_phone="090-2222-3333",
        exposed_on="2021/8/11",
    )
    clerk.choose(sex="male", relation="household")
    clerk.press("保存")
    clerk.page.wait_for_url(re.compile("/contacts/show/"))
    clerk.sees("山田 次郎")
