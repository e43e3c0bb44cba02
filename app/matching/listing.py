"""The review list page by page: its conditions, a page by keyset, counts that stop counting."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ScalarSelect, Select, func, or_, select
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.clock import midnight_in_japan
from app.core.db import db
from app.core.fields import EraDateField
from app.core.pages import Pager
from app.generated.arguments import read_cursor
from app.generated.listing import Order, Slice, capped_count, fetch
from app.generated.paths import path_of
from app.matching.codes import STATE
from app.matching.models import MatchPair
from app.matching.queries import pairs_of_state
from app.matching.rules import PROBABLE

PAGE = 50
MOST_COUNTED = 1_000
LISTED_BY = frozenset({"state", "score", "work", "since", "after", "before"})
SCORES = (70, 80, 90)
WORK = {"case": _l("Patients"), "contact": _l("Contacts")}
_MODELS: dict[str, Any] = {"case": Case, "contact": Contact}


class PairSearchForm(FlaskForm):
    """What narrows the list. Sent in the address: nobody is named by it."""

    score = SelectField(_l("Score"), default="")
    work = SelectField(_l("Area of work"), default="")
    since = EraDateField(_l("Found since"))

    def __init__(self) -> None:
        super().__init__(formdata=request.args, meta={"csrf": False})
        everything = SelectChoice("", str(_l("All")))
        at_least = [
            SelectChoice(str(score), str(_l("%(score)s points or more", score=score)))
            for score in (PROBABLE, *SCORES)
        ]
        self.score.choices = [everything, *at_least[1:]]
        self.work.choices = [
            everything,
            *(SelectChoice(key, str(word)) for key, word in WORK.items()),
        ]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The conditions as they were read."""

    state: str
    score: int | None = None
    work: str | None = None
    since: date | None = None

    def arguments(self) -> dict[str, Any]:
        """As they stand in an address."""
        since = self.since.isoformat() if self.since else None
        return {"state": self.state, "score": self.score, "work": self.work, "since": since}


def read_narrowed(form: Any, state: str) -> Narrowed:
    """What was asked for; what could not be read narrows nothing and carries its error."""
    form.validate()
    score, work = form.score.data, form.work.data
    return Narrowed(
        state,
        int(score) if score in {str(one) for one in SCORES} else None,
        work if work in _MODELS else None,
        form.since.data if not form.since.errors else None,
    )


def page_of_pairs(narrowed: Narrowed) -> tuple[Slice, Pager]:
    """One page, the most probable first, of equal ones the newest; with its neighbours."""
    statement = _narrowed(narrowed)
    own_key: Any = MatchPair.id
    order = Order(path_of(MatchPair, "score"), descending=True, key=own_key)
    cursor = read_cursor(request.args, order.name, order.python_type)
    page = fetch(statement, MatchPair, None, order, cursor, PAGE, lambda pair: int(pair.id))
    count, capped = capped_count(statement, MOST_COUNTED)

    def address(**more: Any) -> str:
        return url_for("MatchView.list", **(narrowed.arguments() | more))

    return page, Pager(
        address() if page.has_cursor else None,
        address(before=page.previous) if page.previous else None,
        address(after=page.next) if page.next else None,
        count,
        capped,
    )


def counted_states() -> list[tuple[str, str, str]]:
    """(state, its word, how many): a large number is not counted to its end."""
    counts = [_capped(pairs_of_state(state)).label(state) for state in STATE.values]
    numbers = db.session.execute(select(*counts)).one()
    return [
        (state, STATE.label(state), f"{MOST_COUNTED:,}+" if n > MOST_COUNTED else str(n))
        for state, n in zip(STATE.values, numbers, strict=True)
    ]


def _capped(statement: Select[Any]) -> ScalarSelect[int]:
    few = statement.with_only_columns(MatchPair.id, maintain_column_froms=True)
    cut = few.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(cut).scalar_subquery()


def _narrowed(narrowed: Narrowed) -> Select[Any]:
    statement = pairs_of_state(narrowed.state)
    if narrowed.score is not None:
        statement = statement.where(MatchPair.score >= narrowed.score)
    if narrowed.since is not None:
        statement = statement.where(MatchPair.found_at >= midnight_in_japan(narrowed.since))
    if narrowed.work is not None:
        model = _MODELS[narrowed.work]
        of_either = or_(
            model.person_id == MatchPair.first_id, model.person_id == MatchPair.second_id
        )
        statement = statement.where(select(model.id).where(of_either).exists())
    return statement
