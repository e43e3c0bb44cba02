"""Stacks, pyramids, gauges and maps: whole pictures that read without colours."""

from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from app.core.charts import (
    BarSeries,
    Gauge,
    Layer,
    MapTile,
    Step,
    bar_chart,
    gauge_chart,
    pyramid_chart,
    stack_chart,
    tile_map,
)
from app.core.charts.canvas import NARROW, WIDE

NS = "{http://www.w3.org/2000/svg}"
WORDS = {"key": "k", "title": "図 <b>", "description": "説明 & 期間"}
FIRST = date(2021, 8, 1)


def curve(width: int, **more: object) -> Markup:
    given: dict[str, object] = {"first": FIRST, "width": width, **WORDS, **more}
    return bar_chart([BarSeries("新規", [7, 7, 7, 7, 7, 7, 14, 0])], **given)  # type: ignore[arg-type]


def stack(width: int) -> Markup:
    layers = [Layer("入院", [1, 2, 3]), Layer("自宅", [40, 50, -1]), Layer("調整中", [0, 0, 0])]
    return stack_chart(layers, first=FIRST, width=width, **WORDS)


def pyramid(width: int) -> Markup:
    steps = [Step("10代", 3, 4), Step("20代", 12, 0)]
    return pyramid_chart(steps, sides=("男", "女"), width=width, **WORDS)


def gauges(width: int) -> Markup:
    return gauge_chart(
        [
            Gauge("病床", 56.4, "56.4 %", [(20, "3"), (50, "4")], "alarm", "ステージ4"),
            Gauge("リンク", None, "", [(50, "3"), (50, "4")], "unknown", "不明"),
        ],
        width=width,
        **WORDS,
    )


def tiles(width: int) -> Markup:
    places = [
        MapTile("東京", 12, 8, "33.7", 3, "/dashboards/?prefecture=13"),
        MapTile("沖縄", 1, 12, "－", None, None),
    ]
    levels = ["5未満", "5以上15未満", "15以上", "25以上"]
    return tile_map(places, levels=levels, unknown="不明", width=width, **WORDS)


def root_of(svg: Markup) -> ET.Element:
    return ET.fromstring(str(svg))


def texts(svg: Markup) -> list[str]:
    return [str(one.text) for one in root_of(svg).iter(f"{NS}text")]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("draw", [curve, stack, pyramid, gauges, tiles])
def test_a_picture_is_named_and_every_pattern_it_uses_is_in_it(
    draw: Callable[[int], Markup], width: int
) -> None:
    root = root_of(draw(width))
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    assert set(str(root.get("aria-labelledby")).split()) <= ids
    assert root.find(f"{NS}title").text == WORDS["title"]  # type: ignore[union-attr]
    used = {str(one.get("fill"))[5:-1] for one in root.iter() if "url(" in str(one.get("fill"))}
    assert used <= ids
    for element in root.iter():
        assert not {name for name in element.keys() if name == "style" or name.startswith("on")}  # noqa: SIM118


def test_incomplete_days_are_hatched_named_and_their_mean_is_dashed() -> None:
    whole, partly = curve(WIDE), curve(WIDE, incomplete=2)
    assert "url(#" not in whole
    assert "url(#" in partly
    assert any("未確定" in words for words in texts(partly))
    dashes = [one.get("stroke-dasharray") for one in root_of(partly).iter(f"{NS}path")]
    assert "3 4" in dashes


def test_the_mean_of_the_first_day_knows_the_days_before() -> None:
    drawn = curve(WIDE, before=[7.0] * 6)
    lines = [str(o.get("d")) for o in root_of(drawn).iter(f"{NS}path") if o.get("stroke")]
    # Six days are level at 7; without the days before, the line would begin on the seventh.
    assert len({point.split()[1] for point in lines[-1].replace("M", "L").split("L")[1:7]}) == 1


def test_weekly_columns_tell_their_whole_week() -> None:
    svg = bar_chart([BarSeries("新規", [70, 7])], first=date(2021, 1, 4), every=7, **WORDS)
    said = [str(one.text) for one in root_of(svg).iter(f"{NS}title")][1:]
    assert said == ["2021/01/04–01/10 新規 70", "2021/01/11–01/17 新規 7"]


def test_a_thick_layer_carries_its_name_and_an_empty_one_is_not_drawn() -> None:
    assert texts(stack(WIDE)).count("自宅") == 2
    assert texts(stack(WIDE)).count("調整中") == 1


def test_a_tile_leads_to_its_place_by_the_keyboard_and_says_its_number() -> None:
    root = root_of(tiles(WIDE))
    links = list(root.iter(f"{NS}a"))
    assert [one.get("href") for one in links] == ["/dashboards/?prefecture=13"]
    assert links[0].get("tabindex") is None
    assert [str(one.text) for one in links[0].iter(f"{NS}text")] == ["東京", "33.7"]


def test_a_gauge_writes_its_lines_and_what_it_reached() -> None:
    said = texts(gauges(WIDE))
    assert "56.4 %　ステージ4" in said
    assert {"20 3", "50 4", "50 3・4"} <= set(said)
