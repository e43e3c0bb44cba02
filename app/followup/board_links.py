"""What surrounds the rows of the board: groups, narrowings, pages, names, the note left behind."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.followup import board
from app.followup.board import BOARD_GROUP, GROUPS, Choice
from app.followup.calls import ShiftHandover
from app.followup.plan_rules import silent_before
from app.institutions.models import Institution


def group_tabs(choice: Choice, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """The groups with their counts, each leading to its list."""
    rest = {name: value for name, value in choice.words().items() if name != "group"}
    made = [
        {
            "label": _("All"),
            "count": sum(numbers.values()),
            "url": url_for("BoardView.list", **rest),
            "here": choice.group is None,
            "tone": "neutral",
        }
    ]
    made += [
        {
            "label": BOARD_GROUP.label(name),
            "count": numbers[name],
            "url": url_for("BoardView.list", **rest, group=name),
            "here": choice.group == name,
            "tone": BOARD_GROUP.tones[name],
        }
        for name in GROUPS
    ]
    return made


def narrowings(choice: Choice) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Rows of links: whose people, and which of them."""
    words = choice.words()

    def link(name: str, value: str | None, label: str) -> tuple[str, str, bool]:
        rest = {k: v for k, v in words.items() if k != name}
        given = rest if value is None else {**rest, name: value}
        return label, url_for("BoardView.list", **given), words.get(name) == value

    return [
        (
            _("Assigned to"),
            [
                link("nurse", None, _("Everybody")),
                link("nurse", "me", _("Me")),
                link("nurse", "nobody", _("Nobody yet")),
            ],
        ),
        (
            _("Kind of person"),
            [
                link("kind", None, _("All")),
                link("kind", "case", _("Cases")),
                link("kind", "contact", _("Contacts")),
            ],
        ),
    ]


def pages(choice: Choice, page: int, total: int) -> dict[str, Any]:
    """The page shown and its neighbours."""
    words = choice.words()
    last = max(1, -(-total // board.PAGE))
    return {
        "number": page,
        "last": last,
        "previous": url_for("BoardView.list", **words, page=page - 1) if page > 1 else None,
        "next": url_for("BoardView.list", **words, page=page + 1) if page < last else None,
    }


def bodies(found: Any, own_id: int | None) -> Mapping[int, str]:
    """Names of the other institutions that observe people of this page."""
    keys = {plan.institution_id for plan, _g, _s in found if plan.institution_id is not None}
    return names(keys - {own_id})


def names(keys: set[int]) -> Mapping[int, str]:
    """Institution → name, in one statement."""
    if not keys:
        return {}
    found = db.session.execute(
        select(Institution.id, Institution.name).where(Institution.id.in_(keys))
    )
    return {row.id: row.name for row in found}


def latest_handover() -> ShiftHandover | None:
    """What the shift before left, for a day."""
    return db.session.scalars(
        select(ShiftHandover)
        .where(ShiftHandover.written_at > silent_before(clock.now()))
        .order_by(ShiftHandover.id.desc())
        .limit(1)
    ).first()
