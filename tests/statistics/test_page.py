"""The statistics page as people see it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from tests.statistics.conftest import add_case, add_stay, as_system, day
from tests.support import cast
from tests.support.pages import statements

AUGUST = "?from=2021-08-01&to=2021-08-20"


@pytest.fixture
def portal(emptied: Flask) -> Flask:
    """新宿: 2 cases (1 in hospital), 千代田: 1, 大阪: 1, and a suspected one that is not counted."""
    with as_system(emptied):
        add_stay(add_case(), "hospital", 6)
        add_case(link_known="no", died_on=day(9))
        add_case("chiyoda")
        add_case("osaka")
        add_case(diagnosis_type="suspected")
    return emptied


def page(app: Flask, who: str, address: str = AUGUST) -> str:
    answer = cast.sign_in(app.test_client(), who).get(f"/statistics/{address}")
    assert answer.status_code == 200, answer.text
    return answer.text


def lines(html: str) -> dict[str, list[str]]:
    """The rows of the big table: name → texts of the cells."""
    table = html[html.index("table--lined") :]
    found = {}
    for row in re.findall(r"<tr role=\"row\">(.*?)</tr>", table, re.DOTALL):
        texts = [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        found[texts[0]] = texts[1:]
    return found


def total(html: str) -> str:
    """The new cases of the last line, which is the sum."""
    return list(lines(html).values())[-1][0]


def every_day(count: int, last: int) -> list[str]:
    """The days up to a day of August 2021, as the table writes them."""
    days = (day(last) - timedelta(days=ago) for ago in reversed(range(count)))
    return [f"{one:%Y/%m/%d}" for one in days]


def links(html: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="(/[^"]*)"', html)]


def test_a_prefecture_sees_its_authorities_and_their_sum(portal: Flask) -> None:
    html = page(portal, "doi")
    found = lines(html)
    assert found["新宿区"][:3] == ["2", "1", "50.0"]
    assert found["千代田区"][0] == "1"
    assert total(html) == "3"
    assert "大阪市" not in found


@pytest.mark.one_database
def test_a_list_without_the_date_counted_by_leads_to_the_date_it_has(emptied: Flask) -> None:
    with as_system(emptied):
        for number in (6, 7):
            add_case(reported_on=None, diagnosed_on=None, onset_on=None, published_on=day(number))
    html = page(emptied, "doi")
    assert total(html) == "0"
    (other,) = [url for url in links(html) if "basis=published" in url]
    there = page(emptied, "doi", other.removeprefix("/statistics/"))
    assert total(there) == "2"
    assert "basis=reported" not in there[: there.index("list-card")]


def test_the_ministry_sees_47_prefectures_and_no_way_to_a_case(portal: Flask) -> None:
    html = page(portal, "oka")
    found = lines(html)
    assert len(found) == 49  # heading, 47, total
    assert (found["東京都"][0], found["大阪府"][0], total(html)) == ("3", "1", "4")
    assert not [url for url in links(html) if url.startswith("/cases")]
    assert [url for url in links(html) if "prefecture=13" in url and "level=authority" in url]


@pytest.mark.parametrize("level", ["authority", "centre", "day"])
def test_the_ministry_goes_deeper_into_figures_only(portal: Flask, level: str) -> None:
    html = page(portal, "oka", f"{AUGUST}&prefecture=13&level={level}")
    assert total(html) == "3"
    assert "/cases" not in html


def test_a_number_leads_to_just_its_cases(portal: Flask) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    html = client.get(f"/statistics/{AUGUST}").text
    for wanted, number in (
        ("reported_on_from=2021-08-01&reported_on_to=2021-08-20&status_is=counted", 3),
        ("status_is=unlinked", 1),
        ("died_on_from=2021-08-01&died_on_to=2021-08-20&status_is=counted", 1),
        ("status_is=in_hospital", 1),
    ):
        url = next(url for url in links(html) if url.startswith("/cases") and wanted in url)
        listed = client.get(url)
        assert listed.status_code == 200
        assert cases_on(listed.text) == number, url


def test_a_number_of_an_authority_leads_to_the_cases_of_the_authority(portal: Flask) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    html = client.get(f"/statistics/{AUGUST}").text
    row = next(
        row
        for row in re.findall(r"<tr role=\"row\">.*?</tr>", html, re.DOTALL)
        if ">新宿区<" in row
    )
    url = next(url for url in links(row) if "status_is=counted" in url)
    assert "authority_id=" in url
    assert cases_on(client.get(url).text) == 2


def test_a_health_centre_sees_itself_by_day(portal: Flask) -> None:
    html = page(portal, "aoki")
    found = lines(html)
    assert found["2021/08/05"][0] == "2"
    assert found["2021/08/04"][0] == "0"
    assert total(html) == "2"


@pytest.mark.parametrize("who", ["endo", "fujii", "goto", "honda", "saito"])
def test_roles_without_figures_find_no_page(portal: Flask, who: str) -> None:
    client = cast.sign_in(portal.test_client(), who)
    assert client.get("/statistics/").status_code in {302, 303, 403, 404}
    assert client.get("/statistics/download?format=csv").status_code in {302, 303, 403, 404}


@pytest.mark.parametrize(
    "address", ["?prefecture=27", "?prefecture=13&authority=999999", "?centre=999999"]
)
def test_a_place_outside_ones_own_area_does_not_exist(portal: Flask, address: str) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    assert client.get(f"/statistics/{address}").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address",
    [
        "?level=person",
        "?basis=birthday",
        "?prefecture=48",
        "?authority=x",
        "?centre=99999999999999",
        "?period=ever",
        "?unknown=1",
        "?from=2021-02-30",
        "?from=2021-08-05&to=2021-08-01",
        "?from=1900-01-01&to=2021-08-01",
        "?from=%00",
        "?level=day&level=day",
    ],
)
def test_a_malformed_question_is_refused(portal: Flask, address: str) -> None:
    client = cast.sign_in(portal.test_client(), "oka")
    assert client.get(f"/statistics/{address}").status_code == 400


@pytest.mark.one_database
@pytest.mark.parametrize("conditions", ["status_is=everything", "published_on_from=yesterday"])
def test_a_broken_link_to_cases_is_refused(portal: Flask, conditions: str) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    assert client.get(f"/cases/list/?{conditions}").status_code == 400


@pytest.mark.one_database
def test_a_wrong_date_is_shown_at_its_field_with_what_was_typed(portal: Flask) -> None:
    answer = cast.sign_in(portal.test_client(), "oka").get("/statistics/?from=2021-02-30")
    assert 'value="2021-02-30"' in answer.text
    assert "存在しない日付です" in answer.text


@pytest.mark.one_database
def test_dates_are_read_in_eras_and_the_whole_course_is_one_click(portal: Flask) -> None:
    assert total(page(portal, "oka", "?from=R3.8.5&to=令和3年8月5日")) == "4"
    html = page(portal, "oka", "?period=all")
    assert total(html) == "4"
    assert 'value="2021/08/05"' in html


@pytest.mark.one_database
def test_a_long_table_by_day_is_read_from_its_newest_days_back(portal: Flask) -> None:
    """100 days: the newest 92, then the oldest 8; the sum is of all on either page."""
    period = "?from=2021-05-13&to=2021-08-20&level=day"
    newest = page(portal, "doi", period)
    assert [name for name in lines(newest) if name.startswith("2021/")] == every_day(92, 20)
    (older,) = [url for url in links(newest) if "days_page=2" in url]
    oldest = page(portal, "doi", older.removeprefix("/statistics/"))
    found = lines(oldest)
    assert (found["2021/05/13"][0], found["2021/05/20"][0], "2021/05/21" in found) == (
        "0",
        "0",
        False,
    )
    assert total(oldest) == total(newest) == "3"
    client = cast.sign_in(portal.test_client(), "doi")
    for wrong in ("days_page=3", "days_page=0", "days_page=x"):
        assert client.get(f"/statistics/{period}&{wrong}").status_code == 400
    assert "days_page" not in page(portal, "doi", "?from=2021-05-21&to=2021-08-20&level=day")


@pytest.mark.one_database
def test_emptied_dates_mean_the_usual_period(portal: Flask) -> None:
    assert lines(page(portal, "doi", "?from=&to=%20")) == lines(page(portal, "doi", ""))
    everything = page(portal, "doi", "?period=all&from=2021-08-19&to=2021-08-20")
    assert total(everything) == total(page(portal, "doi", "?period=all"))


@pytest.mark.one_database
def test_nothing_counted_says_so(portal: Flask) -> None:
    html = page(portal, "oka", "?from=2019-01-01&to=2019-01-31")
    assert "No case has been counted" in html or "集計された患者はありません" in html


@pytest.mark.parametrize("who", ["doi", "oka", "aoki", "ito"])
def test_the_page_takes_at_most_eight_statements(portal: Flask, who: str) -> None:
    client = cast.sign_in(portal.test_client(), who)
    client.get("/statistics/")
    with statements(portal) as sent:
        client.get(f"/statistics/{AUGUST}")
    assert len(sent) <= 8, "\n".join(sent)


def test_taking_figures_out_is_recorded(portal: Flask) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    assert client.get(f"/statistics/download{AUGUST}&format=csv").status_code == 200
    with as_system(portal):
        entry = db.session.scalars(
            select(ReadEntry).where(ReadEntry.door == "statistics.download")
        ).one()
    assert entry.filters == {"from": "2021-08-01", "to": "2021-08-20", "format": "csv"}


def cases_on(html: str) -> int:
    return html.count('<tr role="row">') - 1
