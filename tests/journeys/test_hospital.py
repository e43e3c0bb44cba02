"""A hospital tells what happened after the fact, and puts it right (R15)."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_hospital_enters_the_course_of_a_patient_after_the_fact(
    portal: Portal, phone: bool
) -> None:
    with portal.app.app_context():
        number = cast.own_episode().case
    size = "phone" if phone else "desk"
    fujii = portal.signed_in("fujii", phone=phone)
    fujii.open(f"/cases/show/{number}")
    fujii.follow("入院経過の入力")
    fujii.looks_right(f"hospital-blank-{size}")
    fujii.is_accessible()
    expect(fujii.field("transferred_to")).to_be_hidden()
    fujii.type(from_on="R3.8.14", ended_on="2021-08-13", treatment="レムデシビル 5日間")
    fujii.choose(icu="yes", ventilator="no", ending="to_hospital")
    expect(fujii.field("transferred_to")).to_be_visible()
    fujii.press("保存")
    fujii.sees("退院・転院・死亡の日が入院日より前になっています。")
    fujii.sees("転院先の名称を入力してください。")
    fujii.has_in("treatment", "レムデシビル 5日間")
    fujii.looks_right(f"hospital-refused-{size}")
    fujii.is_accessible()
    fujii.type(ended_on="2021-08-18", transferred_to="四谷記念病院")
    fujii.press("保存")
    fujii.page.wait_for_url(re.compile("/cases/show/"))
    fujii.sees("保存しました", "四谷記念病院", "新宿総合病院")
    fujii.looks_right(f"hospital-saved-{size}")

    fujii.follow("入院経過の入力")
    fujii.choose(ending="died")
    fujii.press("保存")
    fujii.page.wait_for_url(re.compile("/cases/show/"))
    fujii.sees("死亡")
    fujii.sees_nothing_of("四谷記念病院")

    aoki = portal.signed_in("aoki", phone=phone)
    aoki.open(f"/cases/show/{number}")
    aoki.follow("入院経過の入力")
    aoki.has_in("ended_on", "2021/08/18")
    aoki.looks_right(f"hospital-centre-{size}")
    aoki.is_accessible()
