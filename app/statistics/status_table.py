"""検査陽性者の状況: the status table of Tokyo's open data, thirteen columns, and whether it adds up.

累計 = 入院中 + 宿泊療養 + 自宅療養 + 調整中 + 死亡 + 退院, and 入院中 = 軽症・中等症 + 重症. Where a
case has neither a place nor an end yet, the table falls short of its total: the gap is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.core.labels import Label
from app.statistics.definitions import PEOPLE
from app.statistics.derived import Derived, status_gap
from app.statistics.queries import Figures

_SOURCE = "東京都 新型コロナウイルス陽性患者発表詳細（オープンデータ）"
_END = Label("対象日の24時現在", "At the end of the day")
KEYS = ("全国地方公共団体コード", "都道府県名", "市区町村名", "公表_年月日")
"""The four columns that say where and when."""


def _column(key: str, ja: str, en: str, sentence: Label, formula: str) -> Derived:
    return Derived(key, Label(ja, en), sentence, formula, _SOURCE, PEOPLE, _END)


_CUMULATIVE = _column(
    "status_cumulative",
    "陽性者数（累計）",
    "Positive people (cumulative)",
    Label("対象日までの新規陽性者数の合計。", "All new cases up to the day."),
    "Σ new(day), day ≤ last day",
)
_IN_HOSPITAL = _column(
    "status_in_hospital",
    "入院中",
    "In hospital",
    Label("軽症・中等症と重症の合計。", "The mild, the moderate and the severe together."),
    "mild or moderate + severe",
)
_MILD = _column(
    "status_mild",
    "軽症・中等症",
    "Mild or moderate",
    Label("入院中のうち重症でない人数。", "Those in hospital who are not severe."),
    "in hospital − severe",
)
_SEVERE = _column(
    "status_severe",
    "重症",
    "Severe",
    Label(
        "入院中のうちICU・人工呼吸器・ECMOのいずれかを使用している人数。",
        "Those in hospital in intensive care, on a ventilator or on ECMO.",
    ),
    "severe",
)
_HOTEL = _column(
    "status_hotel",
    "宿泊療養",
    "In hotels",
    Label("宿泊療養施設にいる人数。", "People in hotels for recuperation."),
    "hotel",
)
_HOME = _column(
    "status_home",
    "自宅療養",
    "At home",
    Label(
        "自宅で療養している人数。社会福祉施設等での療養を含む。",
        "People cared for at home, social facilities included.",
    ),
    "home + social facility",
)
_WAITING = _column(
    "status_waiting",
    "調整中",
    "Waiting",
    Label("入院・療養先を調整している人数。", "People waiting for a place of care."),
    "waiting",
)
_DIED = _column(
    "status_died",
    "死亡",
    "Died",
    Label("対象日までの死亡の合計。", "All deaths up to the day."),
    "Σ died(day), day ≤ last day",
)
_DISCHARGED = _column(
    "status_discharged",
    "退院",
    "Discharged",
    Label("対象日までの退院・療養解除の合計。", "All discharged or released up to the day."),
    "Σ discharged(day), day ≤ last day",
)
GAP = _column(
    "status_gap",
    "療養先・転帰の記録なし",
    "Without place or outcome",
    Label(
        "累計から他の区分の合計を引いた人数。療養先も転帰も記録されていない患者がいなければ0。",
        "The total less all other columns; 0 where every case has a place of care or an end.",
    ),
    "cumulative − (in hospital + hotel + home + waiting + died + discharged)",
)
_VALUES: tuple[tuple[Derived, Callable[[Figures], int]], ...] = (
    (_CUMULATIVE, lambda f: f.cumulative),
    (_IN_HOSPITAL, lambda f: f.stocks["in_hospital"]),
    (_MILD, lambda f: f.stocks["in_hospital"] - f.stocks["severe"]),
    (_SEVERE, lambda f: f.stocks["severe"]),
    (_HOTEL, lambda f: f.stocks["hotel"]),
    (_HOME, lambda f: f.stocks["home"] + f.stocks["social_facility"]),
    (_WAITING, lambda f: f.stocks["waiting"]),
    (_DIED, lambda f: f.died_total),
    (_DISCHARGED, lambda f: f.discharged_total),
)
COLUMNS = tuple(column for column, _value in _VALUES)
"""The nine counted columns, in the order of the file."""
_PARTS = (_IN_HOSPITAL, _HOTEL, _HOME, _WAITING, _DIED, _DISCHARGED)


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A line of the table."""

    code: str
    prefecture: str
    municipality: str
    on: date
    values: Mapping[str, int]

    @property
    def cells(self) -> tuple[str | int, ...]:
        """The thirteen cells in the order of the file."""
        counted = (self.values[column.key] for column in COLUMNS)
        return (self.code, self.prefecture, self.municipality, self.on.isoformat(), *counted)

    @property
    def gap(self) -> int:
        """See :data:`GAP`."""
        parts = {part.key: self.values[part.key] for part in _PARTS}
        return status_gap(self.values[_CUMULATIVE.key], parts)


def status_row(
    figures: Figures, on: date, *, code: str, prefecture: str, municipality: str = ""
) -> StatusRow:
    """The line of a place at the end of a day, from its figures up to that day."""
    values = {column.key: value(figures) for column, value in _VALUES}
    return StatusRow(code, prefecture, municipality, on, values)
