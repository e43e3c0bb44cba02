"""Taking a table of a test out of the portal again, so that the next test never meets it."""

from typing import Any

from app.audit import history
from app.core.db import db
from app.security import rows


def forget_model(model: type[Any]) -> None:
    """Undo the mapping and every declaration of ``model``."""
    registry, manager, table = db.Model.registry, model._sa_class_manager, model.__table__
    for declared in (rows._laws, rows._masters, rows._internals, history._historied):
        declared.pop(model, None)
    registry._managers.pop(manager, None)
    registry._dispose_manager_and_mapper(manager)
    db.metadata.remove(table)
    rows.laws_of.cache_clear()
