"""A clinic notifies, the health centre accepts and lets another centre see the case."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.forms import PERSON, fill_in_a_whole_notification, fill_in_the_diagnosis
from tests.journeys.steps import (
    Portal,
    Window,
    confirms_the_authenticator,
    one_time_password,
)
from tests.support.cast import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_clinic_notifies_from_the_first_login_to_waiting_for_acceptance(
    portal: Portal, *, phone: bool
) -> None:
    clinic = portal.window(phone=phone)
    enrols_at_the_first_login(clinic, "endo")
    sends_too_early_and_is_told_what_is_missing(clinic)
    clinic.type(doctor_name="遠藤 五月", **PERSON)
    clinic.choose(diagnosis_type="confirmed", sex="male")
    clinic.sees("66歳")
    clinic.type(postal_code="160-0022")
    clinic.has_in("address", "東京都新宿区新宿")
    fill_in_the_diagnosis(clinic)
    clinic.looks_right("notify-filled")
    clinic.press("届出")
    clinic.sees("受理待ち", "佐藤 健一", "1955/04/30", "66歳")
    clinic.looks_right("notify-submitted")
    clinic.is_accessible()


def test_the_next_login_asks_for_the_one_time_password_and_takes_a_recovery_code(
    portal: Portal,
) -> None:
    clinic = portal.window()
    secret, codes = enrols_at_the_first_login(clinic, "endo")
    clinic.arrive_by(clinic.page.get_by_role("button", name="ログアウト").first)
    clinic.sees("ログアウトしました")
    portal.pass_time(minutes=1)
    types_name_and_password(clinic, "endo")
    clinic.type(code=one_time_password(secret, portal))
    clinic.looks_right("login-second-step")
    clinic.press("ログイン")
    clinic.sees("遠藤 五月")
    elsewhere = portal.window()
    types_name_and_password(elsewhere, "endo")
    elsewhere.follow(re.compile("リカバリーコード"))
    elsewhere.type(code=codes[0].lower())
    elsewhere.looks_right("login-recovery")
    elsewhere.press("ログイン")
    elsewhere.sees("遠藤 五月", "9")


def test_the_health_centre_accepts_and_the_neighbour_sees_the_case_once_related(
    portal: Portal,
) -> None:
    clinic = portal.signed_in("endo")
    fill_in_a_whole_notification(clinic)
    clinic.press("届出")
    clinic.sees("受理待ち")
    aoki, chiba, zaizen = (portal.signed_in(who) for who in ("aoki", "chiba", "zaizen"))
    aoki.open("/")
    aoki.looks_right("home-one-waiting")
    aoki.arrive_by(aoki.page.get_by_role("link", name=re.compile("受理待ちの発生届")))
    aoki.sees("佐藤 健一", "受理待ち")
    aoki.looks_right("intake")
    opens_the_notification(aoki)
    aoki.looks_right("notification-to-accept")
    aoki.press("受理")
    number = number_of_the_new_case(aoki)
    clinic.page.reload()
    clinic.sees("受理", number)
    case = opens_the_case(aoki, number)
    aoki.looks_right("case-accepted")
    aoki.is_accessible()
    does_not_know(chiba, case)
    does_not_know(zaizen, case)
    relates_the_centre_of(aoki, case, "千代田")
    chiba.open("/cases/list/")
    chiba.sees(number, "佐藤 健一")
    assert chiba.open(case) == 200
    chiba.looks_right("case-of-the-neighbour")
    does_not_know(zaizen, case)


def test_the_intake_fits_a_telephone(portal: Portal) -> None:
    clinic = portal.signed_in("endo", phone=True)
    fill_in_a_whole_notification(clinic)
    clinic.press("届出")
    clinic.sees("受理待ち")
    aoki = portal.signed_in("aoki", phone=True)
    aoki.open("/cases/list/")
    opens_the_case_that_has_no_number_yet(aoki)
    aoki.open("/notifications/list/")
    aoki.looks_right("intake")
    opens_the_notification(aoki)
    aoki.looks_right("notification-to-accept")
    aoki.press("受理")
    case = opens_the_case(aoki, number_of_the_new_case(aoki))
    aoki.looks_right("case-accepted")
    aoki.is_accessible()
    aoki.open(f"{case}/related".replace("/show", ""))
    aoki.looks_right("related")


# -- steps ------------------------------------------------------------------------------------


def types_name_and_password(window: Window, username: str) -> None:
    window.open("/login/")
    window.looks_right("login")
    window.type(username=username, password=PASSWORD)
    window.press("次へ")


def enrols_at_the_first_login(window: Window, username: str) -> tuple[str, list[str]]:
    """The secret read from the page and the recovery codes shown once."""
    types_name_and_password(window, username)
    secret, codes = confirms_the_authenticator(window)
    window.sees("本日の状況")
    return secret, codes


def sends_too_early_and_is_told_what_is_missing(clinic: Window) -> None:
    clinic.follow("発生届を作成")
    clinic.type(name=PERSON["name"], occupation_detail="会社員")
    clinic.press("届出")
    summary = clinic.page.locator(".error-summary")
    for label in ("ふりがな", "性別", "生年月日", "症状", "診断方法", "発症年月日"):
        link = summary.get_by_role("link", name=re.compile(label)).first
        target = clinic.page.locator(str(link.get_attribute("href")))
        assert target.count() == 1, label
    clinic.looks_right("notify-missing")
    clinic.is_accessible()
    clinic.has_in("name", PERSON["name"])
    clinic.has_in("occupation_detail", "会社員")


def opens_the_notification(aoki: Window) -> None:
    row = aoki.page.locator("tbody tr").first
    expect(row).to_contain_text("受理待ち")
    aoki.arrive_by(row.get_by_role("link").first)
    aoki.sees("新宿駅前内科クリニック")


def opens_the_case_that_has_no_number_yet(aoki: Window) -> None:
    aoki.follow("開く")
    aoki.sees("佐藤 健一", "受理待ち")


def number_of_the_new_case(aoki: Window) -> str:
    aoki.sees("受理しました")
    found = re.search(r"\b\d{8}\b", aoki.page.locator("body").inner_text())
    assert found is not None
    return found.group()


def opens_the_case(aoki: Window, number: str) -> str:
    """The path of the case."""
    aoki.arrive_by(aoki.page.get_by_role("link", name=number).first)
    aoki.page.wait_for_url(re.compile("/cases/show/"))
    return aoki.page.url.removeprefix(aoki.portal.address)


def relates_the_centre_of(aoki: Window, case: str, place: str) -> None:
    aoki.open(case)
    aoki.follow("関係機関")
    aoki.pick("centre_id", place, f"{place}区保健所")
    aoki.press("追加")
    aoki.sees(f"{place}区保健所")
    aoki.looks_right("related")


def does_not_know(stranger: Window, case: str) -> None:
    assert stranger.open(case) == 404
    stranger.sees_nothing_of("佐藤", "健一")
    stranger.open("/cases/list/")
    stranger.sees_nothing_of("佐藤", "健一")
