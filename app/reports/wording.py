"""How a report's conditions read on its cover and in its title."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.db import db
from app.core.labels import Label
from app.institutions.diseases import Disease
from app.reports.kind import BASIS, DISEASE, Making, ReportKind, Wanted
from app.reports.rules import words_of
from app.statistics.measures import BASIS as BASES
from app.statistics.models import DailyCount
from app.statistics.queries import FAMILY

DAYS = Label("対象", "Days")


def conditions_of(making: Making) -> list[tuple[str, str]]:
    """Area, days, and what else the report was asked with."""
    wanted, kind = making.wanted, making.kind
    said = [
        (_("Area"), making.place),
        (str(DAYS), words_of(kind.span, wanted.first, wanted.last)),
    ]
    if BASIS in kind.parameters:
        said.append((_("Date counted by"), str(BASES[wanted.basis].label)))
    if DISEASE in kind.parameters:
        said.append((_("Disease"), disease_name(wanted.family)))
    return said


def disease_name(family: str) -> str:
    """The short name of a disease whose category may have changed."""
    names = select(Disease.short_name).where(Disease.family == family).order_by(Disease.id.desc())
    return db.session.scalar(names.limit(1)) or family


def file_name(kind: ReportKind, making: Making) -> str:
    """``日報_東京都_20210805.xlsx``: no personal value in it."""
    wanted = making.wanted
    days = f"{wanted.first:%Y%m%d}"
    if wanted.last != wanted.first:
        days += f"-{wanted.last:%Y%m%d}"
    return f"{kind.label}_{making.place}_{days}.{ending_of(wanted)}"


def ending_of(wanted: Wanted) -> str:
    """Of the file's name."""
    return "xlsx" if wanted.format == "xlsx" else "csv"


def disease_choices() -> list[tuple[str, str]]:
    """(family, name) of the diseases of which there are figures or COVID-19, by their place in
    the law."""
    counted = select(DailyCount.disease_id).distinct()
    rows = db.session.execute(
        select(Disease.family, Disease.short_name)
        .where(Disease.id.in_(counted) | (Disease.family == FAMILY))
        .order_by(Disease.id)
    )
    # The latest category's name stands for the family.
    return list({row.family: row.short_name for row in rows}.items())
