"""A submitted notification never changes: only its state moves on, along these ways.

Held at the mapper, below every service and door.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper

from app.core.errors import InvalidState
from app.notifications.models import Notification

NEXT_STATES: Final[Mapping[str, frozenset[str]]] = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"accepted", "returned", "corrected", "withdrawn"}),
    "returned": frozenset({"corrected", "withdrawn"}),
    "accepted": frozenset({"corrected", "withdrawn"}),
    "corrected": frozenset(),
    "withdrawn": frozenset(),
}
"""State → the states that may follow it."""

_MOVING = frozenset(
    {
        "state",
        "row_version",
        "accepted_at",
        "accepted_by",
        "accepted_by_user_id",
        "accepted_centre_id",
        "returned_reason",
        "withdrawn_reason",
        "duplicate",
    }
)
_FORWARDED = frozenset(
    {"responsible_centre_id", "forwarded_from_id", "forwarded_at", "forwarded_reason"}
)
"""What another health centre's queue changes while a notification waits."""


def may_become(state: str, following: str) -> bool:
    """True when a notification in ``state`` may become ``following``."""
    return following in NEXT_STATES.get(state, frozenset())


@event.listens_for(Notification, "before_update")
def _keep_the_document(
    _mapper: Mapper[Notification], _connection: Connection, record: Notification
) -> None:
    """Refuse a change of what was submitted, and a step that does not exist."""
    state: Any = inspect(record)
    before = _before(state, "state")
    if before != record.state and not may_become(before, record.state):
        raise InvalidState(_l("This step is not possible in the present state."))
    if before == "draft":
        return
    columns = (column.key for column in state.mapper.column_attrs)
    moving = _MOVING | (_FORWARDED if record.state == "submitted" else frozenset())
    # Joined to the case of the same person: the version that says so, and those before it.
    moving |= {"case_id"} if record.duplicate == "same_person" else frozenset()
    if any(name not in moving and state.attrs[name].history.has_changes() for name in columns):
        raise InvalidState(_l("A submitted notification cannot be changed. Send a correction."))


@event.listens_for(Notification, "before_delete")
def _keep_the_row(
    _mapper: Mapper[Notification], _connection: Connection, record: Notification
) -> None:
    """Drafts may be thrown away; documents stay."""
    if _before(inspect(record), "state") != "draft":
        raise InvalidState(_l("A submitted notification cannot be deleted. Withdraw it."))


def _before(state: Any, name: str) -> str:
    history = state.attrs[name].load_history()
    return str((history.deleted or history.unchanged or history.added)[0])
