"""What the new cases were infected with, and how many doses of vaccine they had before."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from app.cases.codes import VACCINE_DOSES
from app.core.charts import Group, Layer, group_chart, share_chart
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.panel import Heading, Panel
from app.dashboards.rules import weeks_of
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.definitions import NEW, PERCENT
from app.statistics.queries import FAMILY
from app.statistics.virus_names import answers_named

MOST_LAYERS = 8
"""As many as there are colours; rarer variants are drawn together."""
KNOWN = Label("変異株の検査結果あり", "With a result of a variant")
SHARE_KNOWN = Label("新規陽性者に占める割合（％）", "Share of new cases (%)")
RARER = Label("上記以外の計", "All others")
NOT_TOLD = Label("記載なし", "Not told")
KNOWN_NOTE = Label(
    "ゲノム解析又は変異株スクリーニングの結果がある患者のうちの割合。すべての患者が検査されるわけではなく、"
    "直近の週は結果待ちが多い。",
    "Shares of the cases with a genome or a screening. Not everybody is tested, and of the newest "
    "weeks many results are still to come.",
)
DOSES_NOTE = Label(
    "有効な発生届の接種歴から、発症日（無症状のときは診断日）より前の接種回数を数える。",
    "Doses before the onset (or diagnosis, without symptoms) by the notification in force.",
)


def variants(source: Source) -> Panel:
    """Shares of variants by week, and their numbers beneath."""
    asked = source.question
    title = _("Variants of new cases, %(place)s", place=asked.standing.name)
    found = {answer for week in source.variants.values() for answer, n in week.items() if n}
    names = answers_named(FAMILY, found)
    headings = (
        Heading(_("From"), "date"),
        Heading(_("To"), "date"),
        *(Heading(label) for _answer, label in names),
        Heading(KNOWN),
        Heading(NEW.label, definition=str(NEW.sentence)),
        Heading(SHARE_KNOWN, "decimal", 1),
    )
    if not found:
        return Panel("variants", title, headings, (), lacking=_no_result())
    mondays = weeks_of(asked.first, asked.last)
    weeks = [source.variants.get(day, {}) for day in mondays]
    numbers = [[week.get(answer, 0) for week in weeks] for answer, _label in names]
    rows = [_row(source, day, [one[place] for one in numbers]) for place, day in enumerate(mondays)]
    layers = _layers([str(label) for _answer, label in names], numbers)

    def draw(width: int) -> Markup:
        return share_chart(
            layers,
            key=f"variants-{width}",
            title=title,
            description=_(
                "%(first)s to %(last)s; shares by week, with the number of people above.",
                first=format_date(asked.first),
                last=format_date(asked.last),
            ),
            first=mondays[0],
            width=width,
        )

    return Panel("variants", title, headings, rows, draw, (str(KNOWN_NOTE),))


def doses(source: Source) -> Panel:
    """New cases by their doses of vaccine before onset."""
    asked = source.question
    title = _("Vaccine doses before onset, %(place)s", place=asked.standing.name)
    headings = (
        Heading(Label("接種回数", "Doses"), "text"),
        Heading(_("People")),
        Heading(PERCENT, "decimal", 1),
    )
    told = source.people.doses
    if not any(told.values()):
        return Panel("doses", title, headings, (), lacking=_no_dose(), is_half=True)
    new = sum(source.sums.new(asked.first, asked.last))
    counted = [(VACCINE_DOSES.label(word), n) for word, n in told.items()]
    counted.append((str(NOT_TOLD), max(new - sum(told.values()), 0)))
    rows = [(name, n, derived.percent(n, new)) for name, n in counted]

    def draw(width: int) -> Markup:
        return group_chart(
            [Group(name, (n,)) for name, n in counted],
            labels=[title],
            key=f"doses-{width}",
            title=title,
            description=str(DOSES_NOTE),
            width=width,
        )

    return Panel("doses", title, headings, rows, draw, (str(DOSES_NOTE),), is_half=True)


def _row(source: Source, monday: date, people: list[int]) -> tuple[date | int | float | None, ...]:
    asked = source.question
    begin, end = max(monday, asked.first), min(monday + timedelta(days=6), asked.last)
    new = sum(source.sums.new(begin, end))
    known = sum(people)
    return begin, end, *people, known, new, derived.percent(known, new)


def _layers(names: Sequence[str], numbers: Sequence[Sequence[int]]) -> list[Layer]:
    """One each; of more than there are colours the rarest together."""
    layers = [Layer(name, values) for name, values in zip(names, numbers, strict=True)]
    if len(layers) <= MOST_LAYERS:
        return layers
    often = sorted(layers, key=lambda one: -sum(one.values))[: MOST_LAYERS - 1]
    rare = [one.values for one in layers if one not in often]
    together = Layer(str(RARER), [sum(week) for week in zip(*rare, strict=True)])
    return [*(one for one in layers if one in often), together]


def _no_result() -> str:
    return _("No screening or genome of a variant was entered for the new cases of this period.")


def _no_dose() -> str:
    return _("No notification of this period tells of vaccination.")
