"""Asking for a report, and making it: read in one moment, counted twice, recorded, protected."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_export
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.exports.snapshot import one_moment
from app.jobs.models import JobRun
from app.jobs.service import enqueue
from app.reports.kind import Made, Making, Progress, ReportKind, Wanted
from app.reports.kinds import kind_named, require_kind
from app.reports.protection import Lock, protect
from app.reports.rules import problem_of, words_of
from app.reports.wording import file_name
from app.security.actor import Actor
from app.statistics.areas import own_area, standing_of, within

JOB = "report"
RECIPIENT_LENGTH, PURPOSE_LENGTH = 100, 200
_PROBLEMS = {
    "reversed": _l("The period ends before it begins."),
    "long": _l("The period is longer than a year."),
}


def _unheard(_done: int, _total: int) -> None:
    """Progress nobody follows."""


def needs_password(kind: ReportKind) -> bool:
    """True when a report with people in it leaves the portal with a password only."""
    return kind.holds_people and bool(current_app.config["REPORT_PASSWORD_REQUIRED"])


def request_report(
    wanted: Wanted,
    *,
    by: Actor,
    recipient: str = "",
    purpose: str = "",
    lock: Lock | None = None,
) -> JobRun:
    """Ask for a report; a job makes it, and whoever asked may fetch it until it expires.

    ``recipient`` and ``purpose`` are kept in the record of reads; they are required where people
    are in the file. ``lock`` puts a password on it (:func:`app.reports.protection.lock_of`).

    Raises:
        NotAllowed: the role may not ask for this report.
        NotVisible: no such report, or an area outside the actor's own.
        InvalidInput: days, recipient, purpose or password are not as they have to be.
    """
    kind = kind_named(wanted.kind)
    require_kind(kind, by)
    checked = replace(wanted, area=within(own_area(by), wanted.area))
    said = {"recipient": recipient.strip(), "purpose": purpose.strip()}
    _check(kind, checked, said, lock)
    place = standing_of(checked.area).name
    parameters = {
        "wanted": checked.packed(),
        "lock": None if lock is None else lock.packed(),
        **said,
    }
    title = f"{kind.label} {place} {words_of(kind.span, checked.first, checked.last)}"
    return enqueue(JOB, parameters, by=by, title=title)


def make_report(
    wanted: Wanted,
    path: Path,
    *,
    by: Actor,
    said: Mapping[str, str],
    lock: Lock | None = None,
    progress: Progress = _unheard,
) -> Made:
    """Write the report to ``path`` under the laws of the acting actor, and record that it left.

    Raises:
        InvalidState: the rows written are not as many as the queries count.
    """
    making = making_of(wanted, path, by=by, progress=progress)
    kind = making.kind
    with one_moment(db.session()):
        made = kind.build(making)
    if made.rows != made.expected:
        path.unlink(missing_ok=True)
        raise InvalidState(_l("The file was incomplete and was thrown away. Please try again."))
    if lock is not None:
        protect(path, lock)
    with transaction():
        record_export(
            by,
            door=f"report.{kind.key}",
            count=len(made.people) if kind.holds_people else made.rows,
            filters={**wanted.packed(), **said, "protected": lock is not None},
            people=made.people,
        )
    return made


def making_of(wanted: Wanted, path: Path, *, by: Actor, progress: Progress = _unheard) -> Making:
    """The report about to be made; right and area are checked again, they may have changed.

    Raises:
        NotAllowed, NotVisible: see :func:`request_report`.
    """
    kind = kind_named(wanted.kind)
    require_kind(kind, by)
    checked = replace(wanted, area=within(own_area(by), wanted.area))
    return Making(checked, kind, standing_of(checked.area).name, by, path, progress)


def default_name(wanted: Wanted, *, by: Actor) -> str:
    """The file's name when no layout gives one."""
    making = making_of(wanted, Path(), by=by)
    return file_name(making.kind, making)


def _check(kind: ReportKind, wanted: Wanted, said: Mapping[str, str], lock: Lock | None) -> None:
    problems: dict[str, list[Any]] = {}
    problem = problem_of(kind.span, wanted.first, wanted.last)
    if problem:
        problems["last"] = [_PROBLEMS[problem]]
    if kind.holds_people:
        for name, text in said.items():
            if not text:
                problems[name] = [_l("Say it: people are in this file.")]
    if needs_password(kind) and lock is None:
        problems["protection"] = [_l("Files with people in them leave with a password only.")]
    if problems:
        raise InvalidInput(problems)
