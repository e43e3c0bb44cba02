"""Another disease is notified, a duplicate decided, a notification forwarded, a day reported."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.forms import PERSON, fill_in_a_whole_notification
from tests.journeys.steps import Portal

pytestmark = pytest.mark.browser

both_widths = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@both_widths
def test_a_clinic_notifies_measles_in_its_own_words(portal: Portal, *, phone: bool) -> None:
    clinic = portal.signed_in("endo", phone=phone)
    clinic.open("/notifications/new")
    clinic.follow("別の疾病を届け出る")
    clinic.type(q="麻しん")
    clinic.looks_right("diseases")
    clinic.press("検索")
    clinic.follow("麻しん")
    clinic.sees("選択肢未登録", "直ちに")
    clinic.type(doctor_name="遠藤 五月", postal_code="160-0022", **PERSON)
    clinic.has_in("address", "東京都新宿区新宿")
    clinic.choose(
        diagnosis_type="confirmed",
        sex="male",
        test_sample_result="positive",
        route_certainty="presumed",
        infection_area="domestic",
        area_certainty="presumed",
        area_prefecture_code="13",
    )
    clinic.type(
        symptoms_other="発熱、発疹",
        diagnosis_methods_other="血清IgM抗体の検出",
        specimens_other="血液",
        route_detail="家族内での接触",
        test_sample_collected_on="2021/8/18",
        first_visit_on="2021/8/18",
        diagnosed_on="2021/8/20",
        onset_on="2021/8/16",
    )
    clinic.looks_right("measles")
    clinic.press("届出")
    clinic.sees("受理待ち", "麻しん", "期限内の届出", "発熱、発疹")
    clinic.looks_right("measles-submitted")
    clinic.is_accessible()


@both_widths
def test_the_same_person_of_two_clinics_becomes_one_case(portal: Portal, *, phone: bool) -> None:
    for who in ("endo", "fujii"):
        clinic = portal.signed_in(who)
        fill_in_a_whole_notification(clinic)
        clinic.press("届出")
        clinic.sees("受理待ち")
        aoki = portal.signed_in("aoki", phone=phone)
        aoki.open("/notifications/list/")
        aoki.arrive_by(aoki.page.get_by_role("link", name="佐藤 健一").first)
        if who == "endo":
            aoki.press("受理")
            aoki.sees("受理しました")
    aoki.follow("重複を確認")
    aoki.sees("新宿駅前内科クリニック", "一致")
    aoki.looks_right("duplicates")
    aoki.is_accessible()
    aoki.arrive_by(aoki.page.get_by_role("button", name=re.compile("同じ人")))
    aoki.sees("統合しました", "同じ人")
    aoki.press("受理")
    aoki.sees("受理しました")


@both_widths
def test_a_notification_goes_on_to_the_right_centre(portal: Portal, *, phone: bool) -> None:
    clinic = portal.signed_in("endo")
    fill_in_a_whole_notification(clinic)
    clinic.press("届出")
    clinic.sees("受理待ち")
    address = clinic.page.url
    aoki = portal.signed_in("aoki", phone=phone)
    aoki.open("/notifications/list/")
    aoki.arrive_by(aoki.page.get_by_role("link", name="佐藤 健一").first)
    aoki.follow("他の保健所へ回送")
    aoki.pick("centre_id", "千代田", "千代田")
    aoki.type(reason="居住地は千代田区です。")
    aoki.looks_right("forward")
    aoki.is_accessible()
    aoki.press("他の保健所へ回送")
    aoki.sees_nothing_of("佐藤 健一")
    clinic.page.goto(address)
    clinic.sees("千代田", "居住地は千代田区です。", "受理待ち")
    chiba = portal.signed_in("chiba", phone=phone)
    chiba.open("/notifications/list/")
    chiba.sees("佐藤 健一")


@both_widths
def test_a_day_is_reported_by_age_and_listed_at_the_centre(portal: Portal, *, phone: bool) -> None:
    portal.now += timedelta(days=409)  # 3 October 2022
    clinic = portal.signed_in("endo", phone=phone)
    clinic.open("/notifications/new")
    expect(clinic.page.get_by_text("4類型に該当しない方の発生届は不要です")).to_be_visible()
    clinic.looks_right("four-groups")
    clinic.follow("日次報告へ")
    clinic.type(under_1="1", from_30_to_39="4")
    clinic.looks_right("daily-report")
    clinic.is_accessible()
    clinic.press("保存")
    clinic.sees("2022/10/03", "5")
    aoki = portal.signed_in("aoki", phone=phone)
    aoki.open("/daily-reports/list/")
    aoki.sees("2022/10/03", "新宿駅前内科クリニック")
    aoki.looks_right("daily-reports")
