"""Where people are: over time, and on the last day beside the day and the week before."""

from datetime import timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import Layer, stack_chart
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.panel import Heading, Panel
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.care import IN_CARE
from app.statistics.definitions import (
    CUMULATIVE,
    DIED_TOTAL,
    DISCHARGED_TOTAL,
    PER_100K,
    STOCK_INDICATORS,
)
from app.statistics.measures import BASIS, STOCKS

_NAMES = {one.key: one.label for one in STOCK_INDICATORS}
NOT_SEVERE = Label("入院（重症以外）", "In hospital, not severe")
SEVERE = Label("入院（重症）", "In hospital, severe")
NEVER_RECORDED = Label(
    "この地域では、この日までに入院・療養先が一度も記録されていないため、「0人」とは言えません。",
    "No place of care was recorded here up to this day, which does not mean that there was nobody.",
)


def course(source: Source) -> Panel:
    """People by place of care on every day of the period, upon each other."""
    asked = source.question
    title = _("Where people in care were, %(place)s", place=asked.standing.name)
    headings = (
        Heading(_("End of the day"), "date"),
        Heading(SEVERE),
        Heading(NOT_SEVERE),
        *(Heading(_NAMES[key]) for key in ("hotel", "social_facility", "home", "waiting")),
        Heading(IN_CARE.label),
    )
    if not source.sums.has_places:
        return Panel("course", title, headings, (), lacking=str(NEVER_RECORDED))
    by_day = {key: source.sums.stock(key, asked.first, asked.last) for key in STOCKS}
    usual = [a - b for a, b in zip(by_day["in_hospital"], by_day["severe"], strict=True)]
    layers = [
        Layer(str(SEVERE), by_day["severe"]),
        Layer(str(NOT_SEVERE), usual),
        *(
            Layer(str(_NAMES[key]), by_day[key])
            for key in ("hotel", "social_facility", "home", "waiting")
        ),
    ]

    def draw(width: int) -> Markup:
        return stack_chart(
            layers,
            key=f"course-{width}",
            title=title,
            description=_(
                "%(first)s to %(last)s; people in care at the end of each day, by place.",
                first=format_date(asked.first),
                last=format_date(asked.last),
            ),
            first=asked.first,
            width=width,
        )

    numbers = [layer.values for layer in layers]
    rows = [
        (asked.first + timedelta(days=n), *each, sum(each))
        for n, each in enumerate(zip(*numbers, strict=True))
    ]
    if asked.step == "week":
        # The picture has every day; a table of two years of them is read by nobody.
        rows = rows[::-7][::-1]
        return Panel("course", title, headings, rows, draw, (_("The table has every 7th day."),))
    return Panel("course", title, headings, rows, draw)


def standing(source: Source) -> Panel:
    """The status table of the last day."""
    asked = source.question
    last = asked.last
    days = (last, last - timedelta(days=1), last - timedelta(days=7))
    new = BASIS[asked.basis].measure
    lines: list[tuple[Label, str | None]] = [
        (CUMULATIVE.label, new),
        (IN_CARE.label, None),
        *((one.label, one.key) for one in STOCK_INDICATORS),
        (DISCHARGED_TOTAL.label, "discharged"),
        (DIED_TOTAL.label, "died"),
    ]
    rows: list[tuple[str, int | None, int | None, int | None, float | None]] = []
    for label, measure in lines:
        needs_places = measure is None or measure in STOCKS
        if needs_places and not source.sums.has_places:
            rows.append((str(label), None, None, None, None))
            continue
        now, day, week = (
            source.in_care(on) or 0 if measure is None else source.sums.until(measure, on)
            for on in days
        )
        rate = derived.per_100k(now, asked.standing.population)
        rows.append((str(label), now, now - day, now - week, rate))
    return Panel(
        "standing",
        _("State on %(day)s", day=format_date(last)),
        (
            Heading(_("Item"), "text"),
            Heading(_("People")),
            Heading(_("From the day before"), signed=True),
            Heading(_("From the week before"), signed=True),
            Heading(PER_100K, "decimal", 2),
        ),
        rows,
        notes=() if source.sums.has_places else (str(NEVER_RECORDED),),
        is_half=True,
    )
