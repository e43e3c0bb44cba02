"""A place for a patient: the health centre asks, the prefecture finds, the hospital takes in."""

import pytest

from app.core import clock
from tests.coordination.support import close_to_outsiders, declare
from tests.journeys.steps import Portal, Window

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_from_the_request_to_the_arrival(portal: Portal, phone: bool) -> None:
    with clock.frozen_at(portal.now):
        case = close_to_outsiders(portal.app)
        declare(portal.app, usable=2, occupied=1)

    centre = portal.signed_in("aoki", phone=phone)
    centre.open(f"/cases/show/{case}")
    centre.follow("入院・療養先の調整を依頼")
    centre.choose(wanted="hospital", severity="moderate_2", oxygen="yes")
    centre.type(spo2="９２", needs="透析週3回")
    _right(centre, "placement-add")
    centre.press("保存")
    centre.sees("T000001", "調整待ち", "中等症Ⅱ")
    _right(centre, "placement-show")

    prefecture = portal.signed_in("doi", phone=phone)
    prefecture.open("/coordination/")
    prefecture.sees("66歳", "中等症Ⅱ", "新宿総合病院")
    prefecture.sees_nothing_of("山田", "ヤマダ")
    _right(prefecture, "coordination")
    prefecture.follow("打診する")
    prefecture.page.get_by_label("新宿総合病院").check()
    _right(prefecture, "placement-offer")
    prefecture.press("打診する")
    prefecture.sees("打診しました", "打診中")

    hospital = portal.signed_in("fujii", phone=phone)
    hospital.open("/")
    hospital.sees("1名の患者が回答を待っています")
    hospital.follow("回答する")
    hospital.sees_nothing_of("山田", "ヤマダ")
    hospital.follow("受け入れる")
    hospital.sees("透析週3回")
    _right(hospital, "placement-accept")
    hospital.press("受け入れる")
    hospital.sees("受入れを決定しました", "山田 花子")

    centre.open("/coordination/")
    centre.sees("受入決定", "新宿総合病院")
    centre.follow("T000001")
    centre.follow("搬送開始")
    centre.choose(transport="ambulance")
    centre.press("搬送開始")
    centre.sees("搬送中")

    hospital.open("/placements/show/1")
    hospital.follow("到着")
    hospital.type(room="501")
    _right(hospital, "placement-arrive")
    hospital.press("到着")
    hospital.sees("到着を登録し")

    centre.open(f"/cases/show/{case}?tab=stays")
    centre.sees("新宿総合病院", "入院中")
    prefecture.open("/coordination/")
    prefecture.sees("調整中の患者はいません")


def _right(window: Window, picture: str) -> None:
    window.looks_right(picture)
    window.is_accessible()
