"""What the map of prefectures can show, and from where on a tile is darker."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.labels import Label
from app.statistics import derived
from app.statistics.derived import Derived

DEFAULT_MEASURE = "week"


@dataclass(frozen=True, slots=True)
class MapMeasure:
    """A measure of the map. ``bounds`` follow the stage indicators (2021-04-15)."""

    key: str
    short: Label
    figure: Derived
    bounds: Sequence[float]
    remarks: Sequence[Label]
    """What reaching a bound means, for each of them; empty words mean nothing in particular."""

    def levels(self) -> list[str]:
        """The classes in words, lowest first: ``15以上25未満（ステージ3）``."""
        edges = [None, *self.bounds, None]
        remarks = [Label("", ""), *self.remarks]
        return [
            _words(low, high, remark)
            for low, high, remark in zip(edges[:-1], edges[1:], remarks, strict=True)
        ]


_NOTHING = Label("", "")
_THREE, _FOUR = Label("ステージ3", "stage 3"), Label("ステージ4", "stage 4")
_FROM = Label("{low}以上", "{low} or more")
_BELOW = Label("{high}未満", "below {high}")
_SAID = Label("{words}（{remark}）", "{words} ({remark})")
_BETWEEN = Label("{low}以上{high}未満", "{low} to below {high}")


def _words(low: float | None, high: float | None, remark: Label) -> str:
    pattern = _BELOW if low is None else _FROM if high is None else _BETWEEN
    words = str(pattern).format(low=low, high=high)
    return str(_SAID).format(words=words, remark=remark) if str(remark) else words


MAP_MEASURES = {
    one.key: one
    for one in (
        MapMeasure(
            "week",
            Label("新規（7日間・10万人当たり）", "New, 7 days, per 100,000"),
            derived.WEEK_PER_100K,
            (5, 15, 25, 50),
            (_NOTHING, _THREE, _FOUR, _FOUR),
        ),
        MapMeasure(
            "care",
            Label("療養者（10万人当たり）", "In care, per 100,000"),
            derived.CARE_PER_100K,
            (10, 20, 30, 60),
            (_NOTHING, _THREE, _FOUR, _FOUR),
        ),
        MapMeasure(
            "bed_use",
            Label("確保病床使用率", "Use of secured beds"),
            derived.BED_USE,
            (10, 20, 50, 80),
            (_NOTHING, _THREE, _FOUR, _FOUR),
        ),
    )
}
