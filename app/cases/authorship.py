"""Who entered a test: institutions change and see what they entered, below every door."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper

from app.cases.lab_test import LabTest
from app.core.errors import NotAllowed
from app.security.actor import Actor, current_actor
from app.security.roles import RoleName

_ENTERING_ROLES = frozenset({RoleName.CLINIC, RoleName.HOSPITAL})


def may_change_test(test: LabTest, by: Actor) -> bool:
    """True for health centres, for the institution that entered the test, for the laboratory
    it was sent to."""
    if by.role is RoleName.LABORATORY:
        return test.testing_laboratory_id == by.institution_id
    return by.role not in _ENTERING_ROLES or test.entering_institution_id == by.institution_id


@event.listens_for(LabTest, "before_insert")
def _note_who_enters(_mapper: Mapper[Any], _connection: Connection, test: LabTest) -> None:
    actor = current_actor()
    if test.entering_institution_id is None and actor is not None:
        test.entering_institution_id = actor.institution_id


@event.listens_for(LabTest, "before_update")
def _refuse_others(_mapper: Mapper[Any], _connection: Connection, test: LabTest) -> None:
    actor = current_actor()
    if actor is not None and not may_change_test(test, actor):
        raise NotAllowed(_l("Another institution entered this test."))
