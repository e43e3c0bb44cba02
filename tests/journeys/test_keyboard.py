"""A whole errand without a mouse: log in, find the case, enter a test."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Portal, Window, one_time_password
from tests.support.cast import PASSWORD

FOCUS_SHOWS = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"

NAMED = frozenset({"Enter", "Tab", "Shift+Tab", "Delete"})

pytestmark = pytest.mark.browser


def test_a_lab_test_is_entered_with_tab_enter_and_space_alone(portal: Portal) -> None:
    nurse = portal.window()
    nurse.open("/login/")
    logs_in(nurse)
    goes_to_the_link(nurse, "患者", "summary")
    goes_to_the_link(nurse, "患者一覧")
    nurse.sees("患者一覧")
    goes_to_the_link(nurse, "00000018")
    goes_to_the_link(nurse, re.compile("^検査"))
    goes_to_the_link(nurse, "追加")
    tabs_to(nurse, 'input[name="collected_on"]')
    nurse.page.keyboard.type("R3.8.19")
    nurse.page.keyboard.press("Enter")
    assert "/lab-tests/add" in nurse.page.url, "Enter in a text field must not submit"
    tabs_to(nurse, 'input[name="laboratory"]')
    nurse.page.keyboard.type("東京都健康安全研究センター")
    tabs_to(nurse, "button[type=submit].button--primary")
    with nurse.page.expect_navigation():
        nurse.page.keyboard.press("Space")
    nurse.page.wait_for_url(re.compile("/cases/show/"))
    nurse.sees("東京都健康安全研究センター", "2021/08/19")


def test_a_notification_is_answered_with_enter_digits_and_short_dates(portal: Portal) -> None:
    clinic = portal.signed_in("endo")
    clinic.open("/notifications/new")
    is_in(clinic, "doctor_name")
    keys(clinic, "遠藤 五月", "Enter")
    is_in(clinic, "diagnosis_type")
    keys(clinic, "1", "Enter", "佐藤　健一", "Enter", "さとう けんいち", "Enter")
    is_in(clinic, "sex")
    keys(clinic, "1", "Enter", "S60.5.1", "Enter")
    is_in(clinic, "postal_code")
    clinic.field("symptoms").focus()
    keys(clinic, "1", "2")
    assert ticked(clinic, "symptoms") == ["fever", "cough"]
    keys(clinic, "Tab")
    is_in(clinic, "oxygen_saturation")
    keys(clinic, "Shift+Tab", "Delete")
    assert ticked(clinic, "symptoms") == []
    clinic.field("onset_on").focus()
    keys(clinic, "8/21", "Tab")
    clinic.has_in("onset_on", "2020/08/21")
    clinic.field("first_visit_on").focus()
    keys(clinic, "t", "Tab")
    clinic.has_in("first_visit_on", "2021/08/20")
    clinic.looks_right("notify-by-keyboard")
    assert "/notifications/" in clinic.page.url
    clinic.sees("発生届を作成")


# -- steps ------------------------------------------------------------------------------------


def logs_in(nurse: Window) -> None:
    """User name, password, then the code of the authenticator, each sent with Enter."""
    tabs_to(nurse, 'input[name="username"]')
    nurse.page.keyboard.type("baba")
    tabs_to(nurse, 'input[name="password"]')
    nurse.page.keyboard.type(PASSWORD)
    with nurse.page.expect_navigation():
        nurse.page.keyboard.press("Enter")
    nurse.sees("二段階認証の設定")
    secret = nurse.page.locator(".secret").inner_text().replace(" ", "")
    tabs_to(nurse, 'input[name="code"]')
    nurse.page.keyboard.type(one_time_password(secret, nurse.portal))
    with nurse.page.expect_navigation():
        nurse.page.keyboard.press("Enter")
    nurse.sees("リカバリーコード")
    goes_to_the_link(nurse, re.compile("^保管しました"))
    nurse.sees("本日の状況")


def tabs_to(nurse: Window, selector: str) -> None:
    """Tab until the focus is on the control, and see where it is."""
    for _step in range(80):
        if nurse.page.evaluate("css => document.activeElement.matches(css)", selector):
            break
        nurse.page.keyboard.press("Tab")
    else:
        raise AssertionError(f"no way to {selector} by Tab")
    assert nurse.page.evaluate(FOCUS_SHOWS), selector


def goes_to_the_link(nurse: Window, words: str | re.Pattern[str], tag: str = "a") -> None:
    """Tab to a link or a fold-out by what it says, and press Enter."""
    for _step in range(80):
        nurse.page.keyboard.press("Tab")
        found, text = nurse.page.evaluate(
            "[document.activeElement.localName, document.activeElement.innerText.trim()]"
        )
        said = text == words if isinstance(words, str) else words.search(text) is not None
        if found == tag and said:
            assert nurse.page.evaluate(FOCUS_SHOWS), words
            if tag != "a":
                return nurse.page.keyboard.press("Enter")
            with nurse.page.expect_navigation():
                nurse.page.keyboard.press("Enter")
            return None
    raise AssertionError(f"no way to {words} by Tab")


def keys(window: Window, *presses: str) -> None:
    """Press named keys and single signs; type everything longer."""
    for one in presses:
        if one in NAMED or len(one) == 1:
            window.page.keyboard.press(one)
        else:
            window.page.keyboard.type(one)


def is_in(window: Window, name: str) -> None:
    """The keyboard is in this field (waits for it)."""
    expect(window.page.locator(f'[name="{name}"]:focus')).to_have_count(1)


def ticked(window: Window, name: str) -> list[str]:
    """The values of a group's ticked boxes."""
    boxes = window.page.locator(f'[name="{name}"]:checked')
    return [str(box.get_attribute("value")) for box in boxes.all()]
