"""Stage indicators with the thresholds of the day; what is missing says why."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from markupsafe import Markup

from app.coordination.bed_figures import VALID_DAYS
from app.core.charts import Gauge, gauge_chart
from app.core.charts.gauges import Reach
from app.core.charts.scale import number
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.course import NEVER_RECORDED
from app.dashboards.panel import Heading, Panel
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.measures import unlinked
from app.statistics.stages import (
    FEW_IN_CARE,
    FIRST_PERIOD,
    SEVERE_BED_USE,
    STAGE_INDICATORS,
    Stage,
    StageIndicator,
    Thresholds,
    stage_of,
)

THREE, FOUR = Label("ステージ3", "Stage 3"), Label("ステージ4", "Stage 4")
BELOW = Label("ステージ3未満", "Below stage 3")
MISSING = Label("不明", "Not known")
SAID: Mapping[Stage, Label] = {0: BELOW, 3: THREE, 4: FOUR}
_REACH: Mapping[Stage, Reach] = {0: "below", 3: "warning", 4: "alarm"}
_TONES: Mapping[Stage, str] = {0: "success", 3: "warning", 4: "danger"}
_SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤"}

Value = tuple[float | None, str]
"""A value, or why there is none."""


def stages(source: Source) -> Panel:
    """A row for each indicator in force on the last day."""
    asked = source.question
    title = _(
        "Stage indicators on %(day)s, %(place)s",
        day=format_date(asked.last),
        place=asked.standing.name,
    )
    headings = (
        Heading(_("Indicator"), "text"),
        Heading(_("Value"), "decimal", 2),
        Heading(_("Unit"), "text"),
        Heading(THREE, "text"),
        Heading(FOUR, "text"),
        Heading(_("Reached"), "text"),
    )
    if asked.last < FIRST_PERIOD:
        words = _("Before %(day)s there were no stage indicators.", day=format_date(FIRST_PERIOD))
        return Panel("stages", title, headings, (), lacking=words)
    care = _care(source)[0]
    gauges, rows, tones = [], [], []
    for one in STAGE_INDICATORS:
        lines = one.thresholds_on(asked.last)
        if lines is None:
            continue
        value, missing = _VALUES[one.figure.key](source)
        stage = stage_of(one.figure.key, value, asked.last, care_per_100k=care)
        said = _said(value, missing, stage, care)
        gauges.append(_gauge(one, lines, value, stage, said))
        rows.append(_row(one, lines, value, said))
        tones.append("neutral" if stage is None else _TONES[stage])

    def draw(width: int) -> Markup:
        return gauge_chart(
            gauges,
            key=f"stages-{width}",
            title=title,
            description=_("A bar for each indicator, with the lines of stage 3 and 4."),
            width=width,
        )

    period = _("Thresholds in force on %(day)s.", day=format_date(asked.last))
    notes = (period, source.no_population) if source.no_population else (period,)
    return Panel("stages", title, headings, rows, draw, notes, tones=tones)


def _said(
    value: float | None, missing: str, stage: Stage | None, care_per_100k: float | None
) -> str:
    if value is None:
        return f"{MISSING}: {missing}"
    if stage is None and care_per_100k is None:
        # Whether there are enough in care for the share to count cannot be told.
        return f"{MISSING}: {_no_population()}"
    if stage is None:
        return _("Not applied: fewer than %(few)s per 100,000 in care", few=FEW_IN_CARE)
    return str(SAID[stage])


def _gauge(
    one: StageIndicator,
    lines: Thresholds,
    value: float | None,
    stage: Stage | None,
    said: str,
) -> Gauge:
    return Gauge(
        str(one.figure.label),
        value,
        "" if value is None else f"{number(value, one.figure.decimals or 0)} {one.figure.unit}",
        [(lines.three, str(THREE)), (lines.four, str(FOUR))],
        "unknown" if stage is None else _REACH[stage],
        str(MISSING) if value is None or said.startswith(str(MISSING)) else said,
    )


def _row(
    one: StageIndicator, lines: Thresholds, value: float | None, said: str
) -> tuple[str, float | None, str, str, str, str]:
    sign = _SIGNS[lines.kind]
    return (
        str(one.figure.label),
        None if value is None else round(value, one.figure.decimals),
        str(one.figure.unit),
        f"{sign} {lines.three:g}",
        f"{sign} {lines.four:g}",
        said,
    )


def _bed_use(source: Source) -> Value:
    beds = source.beds
    return _or_why(derived.bed_use(beds.occupied, beds.total), _no_beds(source))


def _severe_bed_use(source: Source) -> Value:
    beds = source.beds
    none = _("no bed for severe cases is declared") if beds.hospitals else _no_beds(source)
    return _or_why(derived.bed_use(beds.severe_occupied, beds.severe_total), none)


def _admission(source: Source) -> Value:
    stocks = source.stocks(source.question.last)
    if stocks is None:
        return None, str(NEVER_RECORDED)
    rate = derived.admission_rate(stocks)
    return _or_why(rate, _("nobody is in care"))


def _care(source: Source) -> Value:
    people = source.in_care(source.question.last)
    if people is None:
        return None, str(NEVER_RECORDED)
    return _or_why(derived.per_100k(people, _population(source)), _no_population())


def _positivity(source: Source) -> Value:
    tested = source.tested
    if tested is None:
        return None, _("tests are entered by authorities and prefectures")
    everybody = tested.positives + tested.negatives
    return _or_why(
        derived.percent(tested.positives, everybody),
        _("the numbers of people tested were not entered for these 7 days"),
    )


def _week(source: Source) -> Value:
    return _or_why(derived.per_100k(source.week, _population(source)), _no_population())


def _ratio(source: Source) -> Value:
    none = _("there was no new case in the week before")
    return _or_why(derived.share(source.week, source.week_before), none)


def _unlinked(source: Source) -> Value:
    if not source.sums.has_links:
        return None, _("whether there is a known link was never answered")
    last = source.question.last
    measure = unlinked(source.question.basis)
    week = sum(source.sums.flow(measure, source.week_begin, last))
    return _or_why(
        derived.percent(week, source.week),
        _("there was no new case in the 7 days up to %(day)s", day=format_date(last)),
    )


def _or_why(value: float | None, why: str) -> Value:
    return value, "" if value is not None else why


def _population(source: Source) -> int | None:
    return source.question.standing.population


def _no_population() -> str:
    return _("no population is registered for the area")


def _no_beds(source: Source) -> str:
    return _("no hospital declared its beds in the last %(days)s days", days=VALID_DAYS)


_VALUES: Mapping[str, Callable[[Source], Value]] = {
    derived.BED_USE.key: _bed_use,
    SEVERE_BED_USE.key: _severe_bed_use,
    derived.ADMISSION_RATE.key: _admission,
    derived.CARE_PER_100K.key: _care,
    derived.POSITIVITY.key: _positivity,
    derived.WEEK_PER_100K.key: _week,
    derived.WEEK_RATIO.key: _ratio,
    derived.UNLINKED.key: _unlinked,
}
