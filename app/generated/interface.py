"""FAB's data model interface, held to the one transaction of the request."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface

from app.core.db import db


class PortalInterface(SQLAInterface):
    """Describes a model to FAB; its stock reads and writes are closed.

    FAB's own ``add``, ``edit`` and ``delete`` commit by themselves and answer database errors
    with the SQL in a message, so none of them may be reached.
    """

    def __init__(self, model: type[Any]) -> None:
        super().__init__(model, db.session)

    def _closed(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("the stock data doors of the framework are closed")

    add = edit = delete = delete_all = query = get = get_all = _closed
