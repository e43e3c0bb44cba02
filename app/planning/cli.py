"""``flask --app run planning backtest FILE``: how often the intervals would have held."""

from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.dates import DateProblem, parse_date
from app.core.errors import InvalidInput
from app.planning.backtest import CHECKED_FROM, Outcome, run_backtest
from app.planning.daily_file import courses_of

planning_cli = AppGroup("planning", help="Projections and their back-test.")


@planning_cli.command("backtest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", help="First day a projection starts from; without it two periods.")
@click.option("--to", "last", help="Last day that is compared.")
def backtest(file: Path, first: str | None, last: str | None) -> None:
    """Project from each day of FILE (totals by prefecture and day), and compare with what came.

    Without dates, twice: over the days the intervals were made from, and over those after them.
    """
    try:
        courses = courses_of(file.read_text(encoding="utf-8-sig").splitlines())
    except (InvalidInput, UnicodeDecodeError) as problem:
        raise click.ClickException(_words(problem)) from problem
    if not courses:
        raise click.ClickException("the file holds no total")
    since, until = _day(first, "--from"), _day(last, "--to")
    if since is None and until is None:
        # From when on prefectures reported every day.
        made = run_backtest(courses, since=date(2020, 3, 22), until=date(2020, 10, 31))
        _show("days the intervals were made from", made)
        _show("days after them", run_backtest(courses, since=CHECKED_FROM))
    else:
        _show("days asked for", run_backtest(courses, since=since, until=until))
    mended = sum(course.missing_days for course in courses)
    lowered = sum(course.corrections for course in courses)
    click.echo(f"{len(courses)} places; {mended} days without a total, {lowered} totals lowered")


def _show(title: str, outcome: Outcome) -> None:
    click.echo(f"{title}:")
    click.echo("  days ahead  projections  in 80%  in 95%  mean error  as last week")
    for score in outcome.scores.values():
        numbers = (
            score.percent_held(80),
            score.percent_held(95),
            score.mean_off,
            score.mean_off_naive,
        )
        shown = [f"{n:.1f}" if n is not None else "-" for n in numbers]
        click.echo(
            f"  {score.horizon:>10}  {score.tried:>11}  {shown[0]:>6}  {shown[1]:>6}"
            f"  {shown[2]:>10}  {shown[3]:>12}"
        )


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else parse_date(text)
    except DateProblem as problem:
        raise click.BadParameter(problem.sentence.en, param_hint=option) from problem


def _words(problem: InvalidInput | UnicodeDecodeError) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "the file is not UTF-8"
    return "; ".join(str(text) for texts in problem.problems.values() for text in texts)
