"""Who the new cases of the period are: age and sex, and the worst of their course."""

from flask_babel import gettext as _
from markupsafe import Markup

from app.cases.codes import AGE_GROUP, SEVERITY, SEX
from app.core.charts import Group, Step, group_chart, pyramid_chart
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.panel import Heading, Panel
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.definitions import DIED, PERCENT
from app.statistics.profile_queries import AGES, SEXES

AGE = Label("年代", "Age group")
TOTAL = Label("計", "Total")
WORST_OF_COURSE = Label("重症度（経過中の最重症）", "Severity, the worst of the course")
NOT_KNOWN = Label("不明・未入力", "Not known or not entered")
WORST_NOTE = Label(
    "経過中に最も重かった状態で数える。最近の患者は、今後重くなることがある。",
    "Counted by the worst of the whole course; recent cases may still become worse.",
)


def ages(source: Source) -> Panel:
    """The age pyramid: men to the left, women to the right; everybody else is in the table."""
    asked = source.question
    found = source.people.age_sex
    title = _("Age and sex of new cases, %(place)s", place=asked.standing.name)
    headings = (
        Heading(AGE, "text"),
        *(Heading(SEX.label(sex)) for sex in SEXES),
        Heading(TOTAL),
    )
    rows = [_row(AGE_GROUP.label(age), [found.of(age, sex) for sex in SEXES]) for age in AGES]
    rows.append(_row(str(TOTAL), [found.by_sex[sex] for sex in SEXES]))
    if not found.total:
        return Panel("ages", title, headings, (), lacking=_no_case(), is_half=True)
    known = [age for age in AGES if age != "unknown"]
    steps = [Step(AGE_GROUP.label(a), found.of(a, "male"), found.of(a, "female")) for a in known]
    drawn = sum(step.left + step.right for step in steps)

    def draw(width: int) -> Markup:
        return pyramid_chart(
            steps,
            sides=(SEX.label("male"), SEX.label("female")),
            key=f"ages-{width}",
            title=title,
            description=_span(source),
            width=width,
        )

    notes = [_span(source)]
    if drawn < found.total:
        notes.append(
            _(
                "%(number)s cases of another or unknown sex or of unknown age are in the table only.",
                number=f"{int(found.total - drawn):,}",
            )
        )
    return Panel("ages", title, headings, rows, draw, notes, is_half=True)


def severity(source: Source) -> Panel:
    """New cases by the worst of their course."""
    asked = source.question
    found = source.people.severity
    total = sum(found.values())
    title = _("Severity of new cases, %(place)s", place=asked.standing.name)
    headings = (
        Heading(WORST_OF_COURSE, "text"),
        Heading(_("People")),
        Heading(PERCENT, "decimal", 1),
    )
    if not total:
        return Panel("severity", title, headings, (), lacking=_no_case(), is_half=True)
    rows = [(_name(word), n, derived.percent(n, total)) for word, n in found.items()]

    def draw(width: int) -> Markup:
        return group_chart(
            [Group(name, (n,)) for name, n, _share in rows],
            labels=[title],
            key=f"severity-{width}",
            title=title,
            description=_span(source),
            width=width,
        )

    notes = (_span(source), str(WORST_NOTE))
    return Panel("severity", title, headings, rows, draw, notes, is_half=True)


def _row(name: str, numbers: list[int]) -> tuple[str | int, ...]:
    return (name, *numbers, sum(numbers))


def _name(word: str) -> str:
    if word == "died":
        return str(DIED.label)
    return SEVERITY.label(word) if word in SEVERITY else str(NOT_KNOWN)


def _span(source: Source) -> str:
    asked = source.question
    return _(
        "New cases from %(first)s to %(last)s.",
        first=format_date(asked.first),
        last=format_date(asked.last),
    )


def _no_case() -> str:
    return _("No case has been counted in this period.")
