"""The supervisors' workbooks: the figures of the portal, added up twice."""

import pytest
from flask import Flask

from app.core.errors import NotAllowed, NotVisible
from app.reports.kind import Wanted
from app.security.actor import acting_as
from app.statistics.areas import Area
from tests.reports.conftest import (
    add_case,
    add_stay,
    asked_and_made,
    book_of,
    content_of,
    day,
    wanted_of,
)
from tests.support import cast


def test_the_daily_book_counts_each_place_and_the_whole(counting: Flask) -> None:
    for on in (4, 5, 5):
        add_case(reported_on=day(on))
    add_case("chiyoda", reported_on=day(5))
    add_case("osaka", reported_on=day(5))

    job = asked_and_made("doi", wanted_of("doi", "daily", 5))

    book = book_of(content_of(job))
    centres = {row[0]: row[2:6] for row in book["保健所別"][3:]}
    assert centres["合計"] == (3, 1, 4, 0)
    assert centres["新宿区保健所"] == (2, 1, 3, 0)
    assert "大阪市保健所" not in centres
    assert job.result["name"] == "日報_東京都_20210805.xlsx"


@pytest.mark.one_database
def test_the_weekly_book_of_the_country_holds_figures_and_nobody(counting: Flask) -> None:
    add_stay(add_case(reported_on=day(3), sex="male", age_years=34, link_known="no"), "home", 4)
    add_case("osaka", reported_on=day(8))

    book = book_of(content_of(asked_and_made("oka", wanted_of("oka", "weekly", 2, 8))))

    prefectures = {row[0]: row[2:4] for row in book["都道府県別"][3:]}
    assert (prefectures["東京都"], prefectures["大阪府"], prefectures["合計"]) == (
        (1, 1),
        (1, 0),
        (2, 1),
    )
    summary = {row[0]: row[1:4] for row in book["主要指標"][3:]}
    assert summary["新規陽性者数"] == (2, 0, 2)
    assert summary["自宅療養"] == (1, 0, 1)
    ages = {row[0]: row[1:] for row in book["年代・性別"][3:]}
    assert (ages["30代"], ages["不明"]) == ((1, 0, 0, 0, 1), (0, 0, 0, 1, 1))
    assert ages["合計"] == (1, 0, 0, 1, 2)
    assert "病床" not in book


@pytest.mark.one_database
def test_nobody_asks_beyond_the_own_area_or_role(counting: Flask) -> None:
    osaka = Area(prefecture_code="27")
    for who, wanted, refusal in (
        ("doi", Wanted("daily", osaka, day(5), day(5)), NotVisible),
        ("doi", Wanted("nothing", osaka, day(5), day(5)), NotVisible),
        ("oka", Wanted("press", Area(), day(5), day(5)), NotAllowed),
        ("endo", Wanted("daily", Area(), day(5), day(5)), NotAllowed),
        ("aoki", wanted_of("aoki", "care_survey", 4), NotAllowed),
    ):
        with pytest.raises(refusal), acting_as(cast.actor(who)):
            asked_and_made(who, wanted, recipient="健康課", purpose="確認")
