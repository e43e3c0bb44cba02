"""What part of the queue is shown: read from the address, said in SQL, kept with a job."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, and_
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.core.clock import midnight_in_japan
from app.core.fields import EraDateField
from app.generated.arguments import BadArgument, one_of, record_key
from app.quality.catalogue import RULES
from app.quality.codes import ORIGIN
from app.quality.models import QualityFinding

LISTED_BY = frozenset({"state", "rule", "origin", "batch", "since", "until"})
STATES = ("open", "checked")


class QueueForm(FlaskForm):
    """What narrows the queue. Sent in the address: nobody is named by it."""

    origin = SelectField(_l("Where the data came from"), default="")
    rule = SelectField(_l("Rule"), default="")
    since = EraDateField(_l("Found since"))
    until = EraDateField(_l("Found until"))

    def __init__(self) -> None:
        super().__init__(formdata=request.args, meta={"csrf": False})
        both = SelectChoice("", str(_l("All (of imports one line for each rule)")))
        self.origin.choices = [
            both,
            *(SelectChoice(*pair) for pair in ((one.value, str(one.label)) for one in ORIGIN)),
        ]
        rules = sorted(RULES.values(), key=lambda one: -one.severity)
        named = [SelectChoice(one.code, str(one.sentence)) for one in rules]
        self.rule.choices = [SelectChoice("", str(_l("All"))), *named]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The conditions as they were read. ``batch``: one import, opened; always with its rule.

    Without it open findings are those people's own work brought up: what an import brought is
    a line per rule and import.
    """

    state: str = "open"
    rule: str | None = None
    origin: str | None = None
    batch: int | None = None
    since: date | None = None
    until: date | None = None

    def arguments(self, **other: Any) -> dict[str, Any]:
        """As they stand in an address, some of them changed."""
        one = replace(self, **other)
        return {
            "state": None if one.state == "open" else one.state,
            "rule": one.rule,
            "origin": one.origin,
            "batch": one.batch,
            "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None,
        }

    @property
    def is_narrow(self) -> bool:
        """True where anything but the state is asked for."""
        return self != Narrowed(self.state)

    @property
    def single(self) -> ColumnElement[bool]:
        """The findings listed one by one."""
        return and_(self.grouped, self._of_batch(), *self._of_rule())

    @property
    def grouped(self) -> ColumnElement[bool]:
        """The findings counted, whatever their rule and import."""
        conditions = [QualityFinding.state == self.state, QualityFinding.rule.in_(RULES)]
        if self.since is not None:
            conditions.append(QualityFinding.since_at >= midnight_in_japan(self.since))
        if self.until is not None:
            behind = midnight_in_japan(self.until + timedelta(days=1))
            conditions.append(QualityFinding.since_at < behind)
        return and_(*conditions)

    def until_instant(self, at: datetime) -> ColumnElement[bool]:
        """The same without what was found after ``at``."""
        return and_(self.single, QualityFinding.since_at <= at)

    def _of_batch(self) -> ColumnElement[bool]:
        if self.batch is not None:
            return QualityFinding.batch_id == self.batch
        if self.state == "open" or self.origin == "entered":
            return QualityFinding.batch_id.is_(None)
        return QualityFinding.batch_id.is_not(None) if self.origin else and_(True)

    def _of_rule(self) -> list[ColumnElement[bool]]:
        return [] if self.rule is None else [QualityFinding.rule == self.rule]


def read_narrowed() -> Narrowed:
    """The conditions of this request's address; a day that cannot be read narrows nothing.

    Raises:
        BadArgument: a word or key that is none.
    """
    form: Any = QueueForm()
    form.validate()
    args = request.args
    batch = record_key(args["batch"]) if args.get("batch") else None
    narrowed = Narrowed(
        state=one_of(args, "state", STATES) or "open",
        rule=one_of(args, "rule", tuple(RULES)),
        origin=one_of(args, "origin", ORIGIN.values),
        batch=batch,
        since=form.since.data if not form.since.errors else None,
        until=form.until.data if not form.until.errors else None,
    )
    if batch is not None and narrowed.rule is None:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return narrowed


def restored(kept: Mapping[str, Any]) -> Narrowed:
    """What :meth:`Narrowed.arguments` gave, read back.

    Raises:
        BadArgument: it was not.
    """
    try:
        days = {name: kept.get(name) for name in ("since", "until")}
        read = {name: date.fromisoformat(day) for name, day in days.items() if day}
        one = Narrowed(
            kept.get("state") or "open",
            kept.get("rule"),
            kept.get("origin"),
            None if kept.get("batch") is None else int(kept["batch"]),
            **read,
        )
        is_known = one.state in STATES and one.rule in (None, *RULES)
        is_known = is_known and one.origin in (None, *ORIGIN.values)
    except (AttributeError, TypeError, ValueError):
        is_known = False
    if not is_known:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return one
