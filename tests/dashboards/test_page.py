"""The dashboards as people see them, on 20 August 2021."""

import io
import re
from html import unescape

import openpyxl
import pytest
from flask import Flask

from app.core.clock import frozen_at
from app.dashboards.reading import delays
from app.statistics.areas import Area
from tests.dashboards.conftest import add_case, as_system, day
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import statements


def page(app: Flask, who: str, address: str = "") -> str:
    answer = cast.sign_in(app.test_client(), who).get(f"/dashboards/{address}")
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(html: str, panel: str) -> dict[str, list[str]]:
    """The rows of a panel's table: first cell → the others."""
    section = re.search(rf'<section[^>]*id="{panel}".*?</section>', html, re.DOTALL)
    assert section, panel
    body = section[0][section[0].index("<tbody>") :]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        texts = [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
        found[texts[0]] = texts[1:]
    return found


def has(html: str, panel: str) -> bool:
    return f'id="{panel}"' in html


def test_a_prefecture_sees_its_curve_its_people_and_its_beds(portal: Flask) -> None:
    html = page(portal, "doi")
    assert rows(html, "curve")["2021/08/19"] == ["4", "0.6", ""]
    assert rows(html, "curve")["2021/08/20"] == ["0", "0.6", "未確定"]
    assert rows(html, "course")["2021/08/20"] == ["1", "0", "1", "0", "0", "0", "2"]
    assert rows(html, "standing")["累計"][:3] == ["5", "0", "+4"]
    beds = rows(html, "beds")
    assert beds["病床（全体）"] == ["20", "16", "10", "50.0", "62.5"]
    assert beds["うち重症者用"] == ["4", "4", "1", "25.0", "25.0"]
    assert beds["宿泊療養施設の居室"] == ["10", "9", "1", "10.0", "11.1"]
    assert rows(html, "beds_by_place")["新宿総合病院"][:5] == [
        "2021/08/20",
        "20",
        "16",
        "10",
        "50.0",
    ]
    assert rows(html, "rooms_by_place")["ホテル新宿"] == ["10", "9", "0", "0.0"]
    stages = rows(html, "stages")
    assert stages["確保病床使用率"] == ["50.00", "％", "≥ 20", "≥ 50", "ステージ4"]
    assert stages["感染経路不明割合（1週間）"][-1] == "ステージ3未満"
    assert stages["陽性率（7日間）"][-1].startswith("不明")
    assert rows(html, "places")["新宿区"][0] == "3"
    assert not has(html, "map")
    assert "大阪" not in html
    assert "/cases" not in html[html.index("<main") :]


def test_the_ministry_sees_the_country_and_its_prefectures_and_nothing_below(
    portal: Flask,
) -> None:
    html = page(portal, "oka", "?measure=bed_use")
    assert rows(html, "places")["大阪府"][0] == "1"
    assert rows(html, "map")["東京都"] == ["50.0"]
    assert rows(html, "map")["大阪府"] == ["－"]
    assert not has(html, "beds_by_place")
    # Every tile is a link that the tab key reaches.
    map_ = html[html.index('id="map"') :]
    assert len(re.findall(r'<a href="[^"]*prefecture=\d\d"><g', map_)) == 2 * 47
    tokyo = page(portal, "oka", "?prefecture=13")
    assert rows(tokyo, "places")["新宿区"][0] == "3"
    assert not re.search(r"authority=\d|centre=\d", tokyo)
    with as_system(portal):
        below = cast.actor("aoki")
    client = cast.sign_in(portal.test_client(), "oka")
    for address in (f"centre={below.institution_id}", f"authority={below.authority_id}"):
        assert client.get(f"/dashboards/?{address}").status_code == 404


@pytest.mark.one_database
def test_each_sees_the_area_of_the_own_duty(portal: Flask) -> None:
    for who, week in (("aoki", "3"), ("ito", "3"), ("chiba", "1")):
        client = cast.sign_in(portal.test_client(), who)
        shown = re.search(r'figure__value">([\d,]+)', client.get("/dashboards/").text)
        assert shown
        assert shown[1] == week
        for address in ("prefecture=27", "centre=999999", "authority=999999"):
            assert client.get(f"/dashboards/?{address}").status_code == 404, (who, address)


@pytest.mark.one_database
def test_municipalities_stand_beside_the_period_before_and_who_is_followed(
    portal: Flask,
) -> None:
    with as_system(portal):
        add_case(reported_on=day(19), municipality_code="13104")
        add_case(reported_on=day(12), municipality_code="13104")
        add_case(reported_on=day(19), municipality_code="27100")
    html = page(portal, "doi", "?from=2021-08-14&to=2021-08-20")
    towns = rows(html, "towns")
    assert towns["新宿区"] == ["13104", "1", "1", "－", "－"]
    assert towns["大阪府 大阪市"][:3] == ["27100", "1", "0"]
    assert towns["計"][1:3] == ["6", "2"]
    assert list(towns)[-2:] == ["不明・未入力", "計"]
    assert rows(html, "followed")["本日の未報告者"][0] == "0"
    # Declared on the 18th: nine of twenty; on the 20th: ten.
    beds = rows(html, "bed_course")
    assert [beds[f"2021/08/{on}"][2:4] for on in (18, 19, 20)] == [
        ["9", "45.0"],
        ["9", "45.0"],
        ["10", "50.0"],
    ]
    assert "2021/08/17" not in beds
    # The ministry is given nothing below a prefecture.
    assert not has(page(portal, "oka", "?prefecture=13"), "towns")
    ours = page(portal, "ito")
    assert re.search(r'dashboard-note">[^<]*新宿区', ours)
    long = page(portal, "doi", "?from=2020-10-01&to=2021-08-20")
    assert "2021年第33週" in rows(long, "curve")


@pytest.mark.one_database
def test_two_areas_are_compared_per_100_000(portal: Flask) -> None:
    address = "?from=2021-08-19&to=2021-08-20&prefecture=13&against=p27"
    found = rows(page(portal, "oka", address), "comparison")
    # 4 of 14,047,594 people in seven days, and 1 of 8,837,685.
    assert found["2021/08/19"] == ["0.03", "2021/08/19", "0.01"]
    before = page(portal, "oka", "?from=2021-08-19&to=2021-08-19&prefecture=13&against=before")
    assert rows(before, "comparison")["2021/08/19"] == ["0.03", "2021/08/18", "0.01"]
    # Nobody has registered how many people live in the ward.
    assert "人口が登録されていない" in page(portal, "ito", "?against=before")


@pytest.mark.one_database
def test_weeks_are_added_up_from_monday(portal: Flask) -> None:
    html = page(portal, "doi", "?from=2021-08-12&to=2021-08-20&step=week")
    assert rows(html, "curve") == {
        "2021年第32週": ["2021/08/09", "2021/08/15", "1", ""],
        "2021年第33週": ["2021/08/16", "2021/08/22", "4", "未確定"],
    }


@pytest.mark.one_database
def test_a_table_is_sorted_by_what_was_asked(portal: Flask) -> None:
    html = page(portal, "doi", "?sort=week&direction=desc")
    assert list(rows(html, "places"))[:2] == ["新宿区", "千代田区"]
    assert 'aria-sort="descending"' in html


# (address, what the sentence at the field says)
WRONG = (
    ("from=2021-08-21&to=2021-08-20", "終了日"),
    ("from=2021-08-01&to=2021-08-21", "将来"),
    ("from=2011-08-01&to=2021-08-20", "3年以内"),
    ("from=2021-02-29&to=2021-03-01", "日付"),
    ("from=1900-01-01&to=1900-01-02", "ありません"),
    ("from=2021-08-01&to=2021-08-02&against=from", "初日を入力"),
    ("from=2021-08-01&to=2021-08-02&against=from&against_from=2021-08-20", "未来"),
    ("from=2021-08-01&to=2021-08-02&against=p27", "一覧から"),
    ("from=%E6%98%A8%E6%97%A5&to=2021-08-02&against=before", "日付"),
)


@pytest.mark.one_database
def test_what_cannot_be_shown_is_said_at_the_field_and_stays_typed(emptied: Flask) -> None:
    client = cast.sign_in(emptied.test_client(), "doi")
    text = ""
    for address, sentence in WRONG:
        answer = client.get(f"/dashboards/?{address}")
        text = answer.text
        errors = re.findall(r'form-field__error">(.*?)</p>', text, re.DOTALL)
        assert (answer.status_code, len(errors)) == (422, 1), address
        assert sentence in re.sub(r"<[^>]+>", "", errors[0])
    assert 'value="昨日"' in text
    assert '<option selected value="before">' in text


def test_an_area_without_a_case_divides_by_nothing(emptied: Flask) -> None:
    """A leap day, the week 53 of 2020, and the days that are shown first."""
    for who, address in (
        ("doi", "from=2020-02-29&to=2020-02-29"),
        ("oka", "from=2020-12-28&to=2021-01-03&step=week"),
        ("aoki", ""),
    ):
        html = page(emptied, who, f"?{address}")
        assert not re.search(r">\s*(nan|inf)\b", html)
        assert "一度も記録されていない" in html


@pytest.mark.one_database
def test_a_picture_and_its_numbers_are_taken_out(portal: Flask) -> None:
    client = cast.sign_in(portal.test_client(), "doi")
    query = "from=2021-08-19&to=2021-08-20"
    picture = client.get(f"/dashboards/picture?panel=curve&{query}")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.startswith("<?xml")
    plain = client.get(f"/dashboards/data?panel=curve&format=csv&{query}")
    assert plain.data.startswith(b"\xef\xbb\xbf")
    assert plain.data.decode("utf-8-sig").splitlines()[1] == "2021/08/19,4,0.6,"
    old = client.get(f"/dashboards/data?panel=places&format=csv-cp932&{query}")
    assert "新宿区" in old.data.decode("cp932")
    book = client.get(f"/dashboards/data?panel=stages&format=xlsx&{query}")
    sheets = openpyxl.load_workbook(io.BytesIO(book.data))
    assert sheets.worksheets[1]["A2"].value == "確保病床使用率"
    for wrong in ("panel=map", "panel=curve&format=pdf", "panel=x", f"panel=curve&{query}&x=1"):
        assert client.get(f"/dashboards/data?format=csv&{wrong}").status_code == 400
    assert client.get(f"/dashboards/picture?panel=standing&{query}").status_code == 400


# (who, address, statements with those of the session and the menu). Three for a total up to a day,
# three for places, three each for ages and severity: whole months and the days at both ends.
BUDGETS = (
    ("doi", "", 24),
    # 24: municipalities (names, sums), who is followed, beds over time, variants by week; ages with
    # severity and doses, and the beds of the last day, cost no statement of their own any more.
    ("doi", "?from=2021-08-19&to=2021-08-20&against=before", 24),
    ("oka", "?from=2019-01-15&to=2021-08-20&against=p13", 24),
    ("aoki", "", 18),
)


@pytest.mark.one_database
def test_a_dashboard_is_a_fixed_small_number_of_statements(portal: Flask) -> None:
    for who, address, most in BUDGETS:
        client = cast.sign_in(portal.test_client(), who)
        client.get("/dashboards/")
        with statements(portal) as sent:
            assert client.get(f"/dashboards/{address}").status_code == 200
        assert len(sent) <= most, f"{who} {address} {len(sent)}\n" + "\n".join(sent)
        # The menu counts what waits; nothing else goes near a case.
        own = [one for one in sent if not one.startswith("SELECT (SELECT count(")]
        assert not [one for one in own if re.search(r"FROM (case_record|person)\b", one)]
        # Of stays the open ones of hotels, a range of the index each.
        assert all("stay.institution_id IN" in one for one in own if "FROM stay" in one)


def test_delays_are_taken_from_what_was_entered_here(counting: Flask) -> None:
    for known_on, reported_on in ((5, 5), (7, 5), (20, 4)):
        with frozen_at(NOON.replace(day=known_on)):
            add_case(reported_on=day(reported_on))
    found = delays(Area("13"), "reported", day(20).replace(month=9))
    # The cast's own case of 12 August is known since the 20th.
    assert found == {0: 1, 2: 1, 16: 1, 8: 1}
    assert delays(Area("47"), "reported", day(20).replace(month=9)) == {}
