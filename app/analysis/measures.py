"""What the cells of a table say: defined once, in words and as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Integer, and_, func, or_
from sqlalchemy import case as sql_case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.cases.models import Case, LabTest
from app.core.labels import Label

Form = Literal["count", "part", "distinct", "mean", "median"]


class days_between(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it is
    """Days from one date to another, on either database."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(julianday({end}) - julianday({begin}) AS INTEGER)"


@compiles(days_between)
def _elsewhere(element: Any, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(one, **options) for one in element.clauses)
    return f"({end} - {begin})"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure. ``value`` is the column summed, counted once each, or averaged."""

    key: str
    label: Label
    sentence: Label
    form: Form
    subjects: tuple[str, ...] = ("case",)
    value: Any = None
    attributes: tuple[tuple[type[Any], str], ...] = ()
    """The items it reads, for the law of fields."""

    @property
    def adds_up(self) -> bool:
        """True for numbers of people or records, which have shares and rates."""
        return self.form in ("count", "part", "distinct")

    @property
    def decimals(self) -> int:
        """Of the plain value."""
        return 0 if self.adds_up else 1


def _when(condition: Any) -> Any:
    return func.sum(sql_case((condition, 1), else_=0))


def _delay(
    model: type[Any], begin: str, end: str, ja: str, en: str, subject: str = "case"
) -> Measure:
    return Measure(
        f"days.{begin}.{end}",
        Label(f"{ja}の日数（中央値）", f"Median days, {en}"),
        Label(
            f"{ja}の日数の中央値。両方の日付がある記録のみ。負の日数も含む。",
            f"Median of the days, {en}; records that have both dates only, negative days included.",
        ),
        "median",
        (subject,),
        days_between(getattr(model, begin), getattr(model, end)),
        ((model, begin), (model, end)),
    )


_EVERY = ("case", "lab_test", "stay")
_ALL = (
    Measure(
        "records",
        Label("件数", "Number"),
        Label(
            "条件に合う記録の数。患者では症例（罹患）1回を1とする。",
            "Records that meet the conditions; of cases one per episode.",
        ),
        "count",
        _EVERY,
    ),
    Measure(
        "people",
        Label("実人数", "People"),
        Label(
            "同じ人を1回だけ数える。本人情報のない症例は1件を1人とする。",
            "Each person once; a case without a person counts as one.",
        ),
        "distinct",
        ("case",),
        Case.person_id,
    ),
    Measure(
        "tested_cases",
        Label("症例数（重複を除く）", "Cases, each once"),
        Label("同じ症例の記録を1回だけ数える。", "Records of one case are counted once."),
        "distinct",
        ("lab_test", "stay"),
        Case.id,
    ),
    Measure(
        "died",
        Label("死亡", "Deaths"),
        Label(
            "死亡日があるか、転帰が死亡の症例。",
            "Cases with a date of death or the outcome death.",
        ),
        "part",
        ("case",),
        _when(or_(Case.died_on.is_not(None), Case.outcome == "died")),
        ((Case, "died_on"), (Case, "outcome")),
    ),
    Measure(
        "hospitalised",
        Label("入院", "Hospitalised"),
        Label(
            "入院の有無が「有」か、現在入院中の症例。",
            "Cases said to have been in hospital, or in hospital now.",
        ),
        "part",
        ("case",),
        _when(
            or_(
                Case.hospitalised == "yes",
                Case.status.in_(("hospitalised", "hospitalised_severe")),
            )
        ),
        ((Case, "hospitalised"), (Case, "status")),
    ),
    Measure(
        "severe",
        Label("重症", "Severe"),
        Label(
            "重症の診断日があるか、重症度が重症の症例。",
            "Cases with a date of severe illness, or of that severity.",
        ),
        "part",
        ("case",),
        _when(or_(Case.severe_on.is_not(None), Case.severity == "severe")),
        ((Case, "severe_on"), (Case, "severity")),
    ),
    Measure(
        "positive",
        Label("陽性", "Positive"),
        Label("結果が陽性の検査。", "Tests with a positive result."),
        "part",
        ("lab_test",),
        _when(and_(LabTest.result == "positive")),
        ((LabTest, "result"),),
    ),
    Measure(
        "mean_age",
        Label("平均年齢", "Mean age"),
        Label("診断時の年齢の平均。年齢のない記録を除く。", "Mean age at diagnosis, where known."),
        "mean",
        _EVERY,
        Case.age_years,
        ((Case, "age_years"),),
    ),
    Measure(
        "median_age",
        Label("年齢の中央値", "Median age"),
        Label(
            "診断時の年齢の中央値。年齢のない記録を除く。", "Median age at diagnosis, where known."
        ),
        "median",
        _EVERY,
        Case.age_years,
        ((Case, "age_years"),),
    ),
    _delay(Case, "onset_on", "first_visit_on", "発症から初診まで", "onset to first visit"),
    _delay(Case, "onset_on", "diagnosed_on", "発症から診断まで", "onset to diagnosis"),
    _delay(Case, "onset_on", "reported_on", "発症から届出まで", "onset to report"),
    _delay(Case, "diagnosed_on", "reported_on", "診断から届出まで", "diagnosis to report"),
    _delay(Case, "onset_on", "severe_on", "発症から重症化まで", "onset to severe illness"),
    _delay(
        Case, "diagnosed_on", "discharged_on", "診断から退院・解除まで", "diagnosis to discharge"
    ),
    _delay(Case, "onset_on", "died_on", "発症から死亡まで", "onset to death"),
    _delay(
        LabTest, "collected_on", "resulted_on", "採取から結果まで", "specimen to result", "lab_test"
    ),
)
MEASURES: Mapping[str, Measure] = {measure.key: measure for measure in _ALL}

SHOWN_AS: Mapping[str, Label] = {
    "number": Label("数値", "The number"),
    "row_share": Label("行の構成比（％）", "Share of the row (%)"),
    "column_share": Label("列の構成比（％）", "Share of the column (%)"),
    "total_share": Label("全体に占める割合（％）", "Share of the total (%)"),
    "per_100k": Label("人口10万人当たり", "Per 100,000 people"),
}
