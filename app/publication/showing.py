"""The frozen content of a publication as pages show it, inside and under ``/open/``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import BarSeries, bar_chart, responsive
from app.core.dates import format_date
from app.core.labels import Label, current_language
from app.publication import queries
from app.publication.explaining import sentence
from app.publication.files import PATIENT_COLUMNS, absent_from, made_from
from app.publication.models import Publication
from app.security.actor import Actor
from app.statistics.areas import is_within, own_area
from app.statistics.measures import BASIS

CURVE_DAYS = 120
"""Days of the picture; files hold the whole course."""
CURVE_WIDTH = 1120
LIST_ROWS = 200
"""Rows of the press list on the page; the file holds all."""
_SPAN = ("first", "last")
HIDDEN = Label("非公表（少数）", "Not shown (few)")


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure with its words in the reader's language."""

    key: str
    label: str
    text: str
    unit: str
    over: str
    sentence: str
    formula: str
    source: str
    date_basis: str


def figures_of(content: Mapping[str, Any]) -> list[ShownFigure]:
    """Every figure, in the order of the publication."""
    speak = current_language()
    return [
        ShownFigure(
            key=one["key"],
            label=one["label"][speak],
            text=number(one["value"]),
            unit=one["unit"][speak],
            over=one["over"][speak],
            sentence=one["sentence"][speak],
            formula=one["formula"],
            source=one["source"],
            date_basis=one["date_basis"][speak],
        )
        for one in content["figures"]
    ]


def number(value: float | None) -> str:
    """A number as people read it; what cannot be said is a dash."""
    if value is None:
        return "－"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def curve_of(content: Mapping[str, Any], *, width: int = CURVE_WIDTH) -> Markup | None:
    """New cases by day, drawn on the server; None without a case."""
    series = content["series"].get(content["date_basis"])
    if not series:
        return None
    values = series["new"][-CURVE_DAYS:]
    last = date.fromisoformat(content["figures_on"])
    skipped = len(series["new"]) - len(values)
    first = date.fromordinal(date.fromisoformat(series["first"]).toordinal() + skipped)
    basis = BASIS[content["date_basis"]].label

    def draw(wide: int) -> Markup:
        return bar_chart(
            [BarSeries(_("New cases"), values)],
            key=f"open-{wide}",
            title=_("New cases by day, %(place)s", place=content["area"]["name"]),
            description=_(
                "%(basis)s, %(first)s to %(last)s; columns are days, the line is the mean of 7 "
                "days.",
                basis=basis,
                first=format_date(first),
                last=format_date(last),
            ),
            first=first,
            width=wide,
        )

    return responsive(draw, wide=width)


def days_of(content: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The numbers of the picture, the latest day first."""
    series = content["series"].get(content["date_basis"])
    if not series:
        return []
    begin = date.fromisoformat(series["first"]).toordinal()
    days = [
        (format_date(date.fromordinal(begin + place)), n) for place, n in enumerate(series["new"])
    ]
    return days[-CURVE_DAYS:][::-1]


def shown_content(one: Publication) -> dict[str, Any]:
    """What ``publication/_content.html`` shows."""
    return described(one.content) | {
        "patients": one.content["patients"][-LIST_ROWS:][::-1],
        "patient_columns": (PATIENT_COLUMNS[0], *PATIENT_COLUMNS[4:5], *PATIENT_COLUMNS[6:9]),
        "patients_in_all": len(one.content["patients"]),
        "new_patients": _of_the_day(one.content),
        "files": [(made.name, len(made.body)) for made in made_from(one.content)],
    }


def described(content: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of a publication shows: figures, curve, places, ages."""
    return {
        "figures": figures_of(content),
        "chart": curve_of(content),
        "days": days_of(content),
        "places": content["places"]
        | {name: format_date(date.fromisoformat(content["places"][name])) for name in _SPAN},
        "ages": content["ages"],
        "hidden": HIDDEN,
        "basis_label": BASIS[content["date_basis"]].label,
        "absent": absent_headings(content),
        "smallest": content["smallest_cell"],
        "number": number,
    }


def absent_headings(content: Mapping[str, Any]) -> list[str]:
    """Files of the standard that are not there, by their endings."""
    return [one.ending for one in absent_from(content)]


def shown_difference(one: Publication, actor: Actor) -> dict[str, Any]:
    """The difference to what was given out before, and what changed since, in sentences.

    What changed since is told to those alone whose figures they are.
    """
    earlier = queries.before(one)
    last_day = queries.day_before(one)
    sentences = []
    told = is_within(own_area(actor), queries.area_of_publication(one))
    if told and one.state in ("signed_off", "withdrawn"):
        found = queries.since_published(one, one.figures_on)
        sentences.append(sentence(found, one.figures_on, published=True))
    if told and earlier is not None:
        found = queries.since_published(earlier, one.figures_on)
        words = sentence(found, one.figures_on, published=True)
        sentences.append(
            _("Since version %(number)s: %(words)s", number=earlier.version, words=words)
        )
    compared = earlier or last_day
    return {
        "sentences": sentences,
        "compared": compared,
        "differences": [] if compared is None else queries.differences(compared, one),
    }


def _of_the_day(content: Mapping[str, Any]) -> Sequence[Any]:
    return [row for row in content["patients"] if row[1] == content["figures_on"]]
