"""``flask --app run rollup …``: the figures for operators, and counting everything anew."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.core.dates import DateProblem, parse_date
from app.core.db import db
from app.core.harmless_cells import harmless
from app.institutions.diseases import Disease
from app.institutions.loader import authority_code
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from app.statistics import checking, service
from app.statistics.areas import PREFECTURES, Area, Level
from app.statistics.definitions import INDICATORS
from app.statistics.measures import BASIS
from app.statistics.queries import (
    FAMILY,
    LONGEST_DAYS,
    Asked,
    RollupRow,
    first_and_last_day,
    rollup,
)

LEVELS: tuple[Level, ...] = ("day", "prefecture", "authority", "centre")


@click.group("rollup", invoke_without_command=True)
@click.option("--area", default="all", show_default=True, help="01–47, 13104 (authority) or all.")
@click.option("--by", "level", type=click.Choice(LEVELS), default="day", show_default=True)
@click.option(
    "--date",
    "basis",
    type=click.Choice(tuple(BASIS)),
    default="published",
    show_default=True,
    help="The date by which a case is new.",
)
@click.option("--from", "first", help="First day; without it the first day with a case.")
@click.option("--to", "last", help="Last day; without it the last day with a case.")
@click.option("--disease", "family", default=FAMILY, show_default=True, help="Code of the disease.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV instead of an aligned table.")
@click.pass_context
@with_appcontext
def rollup_cli(
    context: click.Context,
    *,
    area: str,
    level: Level,
    basis: str,
    first: str | None,
    last: str | None,
    family: str,
    as_csv: bool,
) -> None:
    """Print the figures of an area by day or place: date or code, new cases, further figures."""
    if context.invoked_subcommand is not None:
        return
    with acting_as(system_actor("rollup")):
        place = _area(area)
        _require_disease(family)
        period = _period(_day(first, "--from"), _day(last, "--to"), basis, place, family)
        if period is None:
            click.echo("No case has this date here yet.", err=True)
            return
        rows = rollup(level, Asked(basis, *period, place, family))
    table = [_heading(level), *(_line(row, level) for row in rows)]
    click.echo(_csv(table) if as_csv else _aligned(table), nl=False)


@rollup_cli.command("rebuild")
def rebuild() -> None:
    """Count every case anew (after a restore, or to prove the sums)."""
    with acting_as(system_actor("rollup rebuild")) as actor:
        read = service.rebuild(by=actor)
    click.echo(f"{read} cases counted")


@rollup_cli.command("check")
def check() -> None:
    """Count every case and say whether the sums agree; ends with 1 where they do not."""
    with acting_as(system_actor("rollup rebuild")):
        found = checking.check()
    if found.agree:
        click.echo(f"{found.cases} cases counted, the sums agree")
        return
    raise click.ClickException(
        f"{found.cells} cells and {found.totals} totals differ; flask rollup rebuild mends them"
    )


def _area(code: str) -> Area:
    if code == "all":
        return Area()
    if code in PREFECTURES:
        return Area(prefecture_code=code)
    found = None
    if re.fullmatch("[0-9]{5}", code):
        found = institution_by_code(authority_code(code))
    if found is None:
        raise click.BadParameter(
            f"{code!r} is neither a prefecture (01–47), nor an authority (13104), nor all",
            param_hint="--area",
        )
    return Area(authority_id=found.id)


def _require_disease(family: str) -> None:
    if db.session.scalar(select(Disease.id).where(Disease.family == family).limit(1)) is None:
        raise click.BadParameter(f"there is no disease {family!r}", param_hint="--disease")


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else parse_date(text)
    except DateProblem as problem:
        raise click.BadParameter(problem.sentence.en, param_hint=option) from problem


def _period(
    first: date | None, last: date | None, basis: str, area: Area, family: str
) -> tuple[date, date] | None:
    """The days asked for; an open end is the first or last day with a case."""
    if first is None or last is None:
        counted = first_and_last_day(basis, area, family)
        if counted is None:
            known = first or last
            if known is None:
                return None
            counted = (known, known)
        first, last = first or counted[0], last or counted[1]
    if first > last:
        raise click.BadParameter("the period ends before it begins", param_hint="--from/--to")
    if (last - first).days >= LONGEST_DAYS:
        raise click.BadParameter("the period is longer than ten years", param_hint="--from/--to")
    return first, last


def _heading(level: Level) -> list[str]:
    names = [indicator.key for indicator in INDICATORS]
    return ["date", *names] if level == "day" else ["code", *names, "name"]


def _line(row: RollupRow, level: Level) -> list[str]:
    figures = []
    for indicator in INDICATORS:
        value = indicator.value(row.figures)
        number = value if indicator.decimals is None else _rounded(value, indicator.decimals)
        figures.append("" if number is None else str(number))
    if level == "day":
        return [harmless(row.name), *figures]
    return [row.code.removeprefix("authority_") or str(row.key), *figures, harmless(row.name)]


def _rounded(value: float | None, decimals: int) -> str | None:
    return None if value is None else f"{value:.{decimals}f}"


def _csv(table: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(table)
    return written.getvalue()


def _aligned(table: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(line[column]) for line in table) for column in range(len(table[0]))]
    lines = []
    for line in table:
        cells = [
            " " * (width - _width(cell)) + cell for cell, width in zip(line, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal: a Japanese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)
