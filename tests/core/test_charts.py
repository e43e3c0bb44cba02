"""Charts are well-formed, harmless pictures whose words can be read."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from app.core.charts import (
    Axis,
    BandRow,
    BarSeries,
    Point,
    Series,
    Threshold,
    band_chart,
    bar_chart,
    line_chart,
    responsive,
    sparkline,
    trailing_mean,
)
from app.core.charts.canvas import NARROW, WIDE, shortened, text_width
from app.core.charts.scale import Days, decimals_of, number, ticks

FIRST = date(2020, 4, 20)
NS = "{http://www.w3.org/2000/svg}"
WORDS = {"title": "体温 <script>", "description": "4月20日から & 5日間"}
TEMPERATURE = Axis("体温", "℃", 35, 41, 1)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def points(*values: float | None) -> list[Point]:
    return [Point(day(n), value) for n, value in enumerate(values) if value is not None]


def temperatures(*values: float | None, width: int = WIDE, **more: object) -> Markup:
    """A chart of one series over as many days as there are values."""
    given: dict[str, object] = {"axes": [TEMPERATURE], "key": "t", **WORDS, **more}
    return line_chart(
        [Series("朝", points(*values))],
        first=FIRST,
        last=day(len(values) - 1),
        width=width,
        **given,
    )


def symptoms(width: int = WIDE) -> Markup:
    rows = [BandRow("咳", {day(0): True, day(1): False}), BandRow("意識" * 20, {})]
    return band_chart(rows, key="s", first=FIRST, last=day(13), width=width, **WORDS)


def counts(width: int = WIDE, days: int = 400) -> Markup:
    series = [BarSeries(name, [n % 7 for n in range(days)]) for name in ("不明", "接触", "調査中")]
    return bar_chart(series, key="c", first=FIRST, width=width, **WORDS)


def tree(svg: Markup) -> ET.Element:
    return ET.fromstring(str(svg))


def tooltips(svg: Markup) -> list[str]:
    return [str(one.text) for one in tree(svg).iter(f"{NS}title")][1:]


PICTURES: list[Callable[[int], Markup]] = [
    lambda width: temperatures(36.5, None, 37.8, width=width),
    symptoms,
    counts,
    lambda width: sparkline([1, None, 3], key="k", width=width, **WORDS),
]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("draw", PICTURES)
def test_a_picture_is_named_and_clean_under_a_strict_policy(
    draw: Callable[[int], Markup], width: int
) -> None:
    svg = draw(width)
    root = tree(svg)
    assert root.get("role") == "img"
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    assert set(str(root.get("aria-labelledby")).split()) == ids
    assert root.find(f"{NS}title").text == WORDS["title"]
    assert root.get("viewBox") == f"0 0 {width} {root.get('height')}"
    for element in root.iter():
        assert element.tag.removeprefix(NS) in {
            "svg", "title", "desc", "line", "text", "g", "path", "rect",
        }  # fmt: skip
        assert not {name for name in element.keys() if name == "style" or name.startswith("on")}  # noqa: SIM118


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("draw", PICTURES)
def test_words_stay_on_the_sheet_and_apart(draw: Callable[[int], Markup], width: int) -> None:
    boxes = [box(text) for text in tree(draw(width)).iter(f"{NS}text")]
    for index, (left, right, y) in enumerate(boxes):
        assert left >= -1
        assert right <= width + 1
        for other_left, other_right, other_y in boxes[index + 1 :]:
            assert left >= other_right or other_left >= right or abs(y - other_y) >= 12


def box(text: ET.Element) -> tuple[float, float, float]:
    """(left, right, baseline) of some words, by the estimate the charts use."""
    x, room = float(text.get("x", 0)), text_width(str(text.text))
    start = {"start": x, "middle": x - room / 2, "end": x - room}[text.get("text-anchor", "start")]
    return start, start + room, float(text.get("y", 0))


def lines_of(svg: Markup) -> list[str]:
    """The polylines with more than one point inside the first series (after its legend)."""
    groups = [one for one in tree(svg).iter(f"{NS}g") if one.get("class") == "chart-1"]
    return [str(one.get("d")) for one in groups[-1].iter(f"{NS}path") if one.get("stroke")]


def test_a_missing_day_is_a_gap_in_the_line() -> None:
    assert len(lines_of(temperatures(36.5, 36.6, 36.7, 36.8))) == 1
    assert len(lines_of(temperatures(36.5, 36.6, None, 36.8, 36.9))) == 2


def test_every_point_tells_its_day_series_and_value() -> None:
    assert tooltips(temperatures(36.5, None, 38.0)) == ["4/20 朝 36.5℃", "4/22 朝 38.0℃"]


def test_a_value_outside_the_axis_widens_it() -> None:
    inside, outside = temperatures(36.5), temperatures(42.4)
    assert ">42<" not in inside
    assert ">44<" in outside


def test_a_threshold_stands_at_its_axis_and_in_the_legend() -> None:
    svg = temperatures(36.5, 37.0, thresholds=[Threshold(37.5, "37.5℃ 発熱")])
    assert ">37.5<" in svg
    assert ">37.5℃ 発熱<" in svg
    assert svg.count('class="chart-threshold"') == 2


def test_a_second_axis_stands_at_the_right() -> None:
    svg = line_chart(
        [Series("朝", points(36.5)), Series("SpO2", points(97), axis=1)],
        key="two", first=FIRST, last=day(3), axes=[TEMPERATURE, Axis("SpO2", "%", 85, 100)],
        **WORDS,
    )  # fmt: skip
    [hundred] = [one for one in tree(svg).iter(f"{NS}text") if one.text == "100"]
    assert float(hundred.get("x", 0)) > WIDE - 60


def test_charts_with_one_gutter_have_their_days_beneath_each_other() -> None:
    gutter = (100.0, 40.0)
    above = temperatures(*[36.5] * 14, gutter=gutter)
    below = band_chart(
        [BandRow("咳", {})], key="b", first=FIRST, last=day(13), gutter=gutter, **WORDS
    )
    place = [
        [one.get("x") for one in tree(svg).iter(f"{NS}text") if "/" in str(one.text)]
        for svg in (above, below)
    ]
    assert place[0] == place[1]


def test_a_symptom_says_present_absent_or_not_recorded() -> None:
    told = tooltips(symptoms())
    assert told[:3] == ["4/20 咳 症状あり", "4/21 咳 症状なし", "4/22 咳 記録なし"]
    assert len(told) == 2 * 14


def test_long_columns_of_days_share_their_tooltips_by_week() -> None:
    assert tooltips(counts(days=30))[1] == "2020/04/21 不明 1 / 接触 1 / 調査中 1"
    weekly = tooltips(counts())
    assert len(weekly) == 58
    assert weekly[0] == "2020/04/20–04/26 不明 21 / 接触 21 / 調査中 21"


def test_a_day_nobody_reported_is_not_a_zero() -> None:
    svg = bar_chart([BarSeries("数", [1, None, 0])], key="n", first=FIRST, **WORDS)
    assert tooltips(svg) == ["2020/04/20 数 1", "2020/04/21 —", "2020/04/22 数 0"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 6, 9], [None, None, 6]),
        ([3, 6, 9, 12], [None, None, 6, 9]),
        ([3, None, 9, 12, 15], [None, None, None, None, 12]),
        ([], []),
    ],
)
def test_a_trailing_mean_needs_all_its_days(
    values: Sequence[float | None], expected: Sequence[float | None]
) -> None:
    assert trailing_mean(values, 3) == expected


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 1, True, [0, 1]),
        (0, 3, True, [0, 1, 2, 3]),
        (0, 2345, True, [0, 500, 1000, 1500, 2000, 2500]),
        (36, 36, False, [36, 36.2, 36.4, 36.6, 36.8, 37]),
    ],
)
def test_value_labels_are_round(
    low: float, high: float, whole: bool, expected: list[float]
) -> None:
    found = ticks(low, high, whole=whole)
    assert found[0] <= low
    assert found[-1] >= high
    assert found == expected


def test_numbers_are_grouped_and_rounded_half_up() -> None:
    assert number(1234567) == "1,234,567"
    assert number(36.25, 1) == "36.3"
    assert decimals_of([35, 36.5]) == 1


@pytest.mark.parametrize("count", [1, 2, 14, 45, 100, 400, 2000])
def test_day_labels_never_touch(count: int) -> None:
    days = Days(FIRST, day(count - 1), 40, 340)
    found = list(days.ticks())
    assert found
    for (x, label), (next_x, next_label) in pairwise(found):
        assert next_x - x >= (text_width(label) + text_width(next_label)) / 2


def test_words_too_long_for_their_room_are_cut() -> None:
    assert shortened("味覚・嗅覚障害", 200) == "味覚・嗅覚障害"
    assert shortened("味覚・嗅覚障害", 50) == "味覚・…"
    assert shortened("", 0) == ""


def test_empty_charts_are_still_pictures() -> None:
    assert tree(line_chart([], key="e", first=FIRST, last=FIRST, axes=[Axis("体温")], **WORDS))
    assert tree(bar_chart([], key="e", first=FIRST, **WORDS)) is not None
    assert tree(band_chart([], key="e", first=FIRST, last=FIRST, **WORDS)) is not None
    assert tree(sparkline([], key="e", **WORDS)) is not None


def test_desk_and_phone_get_their_own_picture_with_its_own_ids() -> None:
    html = responsive(counts)
    assert html.index("chart-wide") < html.index("chart-narrow")
    assert 'id="chart-c-760-title"' in html
    assert 'id="chart-c-360-title"' in html
