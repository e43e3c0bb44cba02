"""Every figure of the portal in one list: what the page of definitions and a guard read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.labels import Label
from app.statistics import care, derived, profiles, status_table
from app.statistics.definitions import INDICATORS, PEOPLE, Indicator
from app.statistics.derived import Derived
from app.statistics.weekly_survey import FORMS, Column, Form

_OVER = {
    "period": Label("選択した日付（期間内）", "The chosen date, in the period"),
    "last_day": Label("最終日の24時現在", "At the end of the last day"),
    "until_last_day": Label("選択した日付（最終日まで）", "The chosen date, up to the last day"),
}
_OWN_DATE = {
    "discharged": Label("退院日（療養解除日）", "Day of discharge"),
    "discharged_total": Label("退院日（療養解除日）", "Day of discharge"),
    "died": Label("死亡日", "Day of death"),
    "died_total": Label("死亡日", "Day of death"),
}
_CHOSEN = Label("選択した日付（届出日・診断日・発症日・公表日）", "The chosen date")
_NUMBERS = re.compile(r"\bR\d+(, )?")
_DAYS = Label("日", "days")
_WEDNESDAY = Label("水曜日0時現在", "Wednesday 0:00")
_UNIT_OF_FORM = Label("人・床・室・％", "people, beds, rooms, %")


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure: name, sentence, formula, source, unit and the date it is counted by."""

    key: str
    label: Label
    sentence: Label
    formula: str
    source: str
    unit: Label
    date_basis: Label

    @property
    def origin(self) -> str:
        """Its source for readers, who know forms and papers but no numbers of requirements."""
        return _NUMBERS.sub("", self.source).strip("; ")


@dataclass(frozen=True, slots=True)
class Chapter:
    """Figures that belong together."""

    key: str
    label: Label
    entries: tuple[Entry, ...]


PROFILES = (
    Derived(
        "age_sex",
        Label("年代・性別別の新規陽性者数", "New cases by age group and sex"),
        Label(
            "新規陽性者数を10歳階級（10歳未満、10代…80代、90歳以上、不明）と性別に分けたもの。",
            "New cases by ten-year age group (under 10 to 90 or over, unknown) and sex.",
        ),
        "Σ new(day, age group, sex)",
        "R122; オープンデータ 患者_年代・患者_性別",
        PEOPLE,
        _CHOSEN,
    ),
    Derived(
        "worst_severity",
        Label("最も重い症状別の新規陽性者数", "New cases by worst severity"),
        Label(
            "新規陽性者を、全経過で最も重かった状態（死亡、重症、中等症Ⅱ・Ⅰ、中等症、軽症、無症状、不明）"
            "に分けたもの。ICU・人工呼吸器・ECMOの使用又は重症の診断日がある患者は重症とする。",
            "New cases by the worst of their whole course. Intensive care, a ventilator, ECMO or a "
            "day of severe diagnosis make a case severe.",
        ),
        "Σ new(day, worst severity)",
        "R122; オープンデータ 患者_状態",
        PEOPLE,
        _CHOSEN,
    ),
    Derived(
        "variant",
        Label("変異株別の新規陽性者数", "New cases by variant"),
        Label(
            "新規陽性者のうち、変異株スクリーニング又はゲノム解析の結果がある者を、患者の検査のうち最も確かな結果で"
            "分けたもの。ゲノム解析の変異株名、スクリーニング陽性（検査項目別）・陰性、判定不能の順に優先し、"
            "同順位は判明日の新しいもの。結果が陰性の検査は用いない。",
            "New cases that have a screening or a genome, by the most decided result of their tests: "
            "the name found by genome before a screening positive (by mutation) or negative before "
            "not determinable; of two alike the later known. Negative tests say nothing.",
        ),
        "Σ new(day, variant)",
        "厚生労働省 変異株PCR検査・ゲノム解析（令和3年）; 独自",
        PEOPLE,
        _CHOSEN,
    ),
    Derived(
        "vaccine_doses",
        Label("ワクチン接種回数別の新規陽性者数", "New cases by vaccine doses before onset"),
        Label(
            "有効な発生届の接種歴から、発症日（ないときは診断日）より前に接種した回数（なし、1回、2回、3回以上、不明）"
            "で分けたもの。接種日が不明の回は発症前とみなし、接種歴の記載がない者は含まない。",
            "New cases by the doses given before the onset (or diagnosis) as the notification in "
            "force tells: none, 1, 2, 3 or more, unknown. A dose without a day counts as before; "
            "cases whose notification does not tell are left out.",
        ),
        "Σ new(day, doses before onset)",
        "発生届 18③",
        PEOPLE,
        _CHOSEN,
    ),
    Derived(
        "municipality",
        Label("市区町村別の新規陽性者数", "New cases by municipality"),
        Label(
            "新規陽性者数を居住地の市区町村で分けたもの。他の都道府県に居住する者も、その市区町村に計上する。"
            "居住市区町村が未入力の者は不明とする。",
            "New cases by the municipality they live in, also of another prefecture. Who has none "
            "entered is not known.",
        ),
        "Σ new(day, municipality of residence)",
        "R122; 独自",
        PEOPLE,
        _CHOSEN,
    ),
)
_DELAY_DATE = {
    "reported": Label("届出日", "Report date"),
    "published": Label("公表日", "Publication date"),
}


def chapters() -> tuple[Chapter, ...]:
    """Every figure, in the order people ask for them."""
    return (
        Chapter(
            "counts",
            Label("人数（日別・期間別）", "Counts by day and period"),
            tuple(map(_of_indicator, INDICATORS)),
        ),
        Chapter(
            "profiles",
            Label("新規陽性者の内訳と所要日数", "Who new cases are, and delays"),
            (*map(_of, PROFILES), *map(_delay, profiles.STEPS)),
        ),
        Chapter(
            "derived",
            Label("割合・平均", "Ratios and means"),
            tuple(_of(one) for one in derived.DERIVED if one not in care.CARE),
        ),
        Chapter(
            "care",
            Label("療養者・病床・居室・健康観察", "People in care, beds, rooms, observation"),
            tuple(map(_of, care.CARE)),
        ),
        Chapter(
            "status",
            Label("検査陽性者の状況（13列）", "Status of positive people (13 columns)"),
            tuple(map(_of, (*status_table.COLUMNS, status_table.GAP))),
        ),
        *(_form(form) for form in FORMS),
    )


def _of(one: Derived) -> Entry:
    return Entry(
        one.key, one.label, one.sentence, one.formula, one.source, one.unit, one.date_basis
    )


def _of_indicator(one: Indicator) -> Entry:
    date_basis = _OWN_DATE.get(one.key, _OVER[one.over])
    return Entry(one.key, one.label, one.sentence, one.formula, one.source, one.unit, date_basis)


def _delay(step: profiles.Step) -> Entry:
    sentence = Label(
        f"{step.label.ja}の日数の分布（中央値、80パーセンタイル、度数）。両方の日付がある患者に限る。"
        f"{profiles.LONGEST_DELAY}日を超えるものは一つにまとめ、前後が逆のものは除く。",
        f"Distribution of the days: {step.label.en.lower()} (median, 80th percentile, histogram), "
        f"of cases with both dates. More than {profiles.LONGEST_DELAY} days are one class; an end "
        "before its beginning is left out.",
    )
    formula = f"{step.ends} − {step.begins}"
    on = _DELAY_DATE[step.basis]
    return Entry(step.dimension, step.label, sentence, formula, "R122; 独自", _DAYS, on)


def _form(form: Form) -> Chapter:
    label = Label(f"療養状況等調査（{form}年の様式）", f"Weekly survey (form of {form})")
    columns = tuple(_of_column(form, column) for column in FORMS[form])
    return Chapter(f"survey_{form}", label, columns)


def _of_column(form: Form, column: Column) -> Entry:
    return Entry(
        f"survey_{form}_{column.key}",
        column.label,
        column.sentence,
        column.formula,
        f"療養状況等調査（{form}）{column.mark if form == '2022' else ''}",
        _UNIT_OF_FORM,
        _WEDNESDAY,
    )


def entries() -> Iterator[Entry]:
    """Every figure, chapter after chapter."""
    for chapter in chapters():
        yield from chapter.entries
