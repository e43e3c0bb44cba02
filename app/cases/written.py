"""Tells higher packages which cases somebody wrote below the session, where no flush can.

Statistics register their recount here; a lower package never imports a higher one.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

Callback = Callable[[Connection, Sequence[int]], object]
_callbacks: list[Callback] = []


def after_cases_written(callback: Callback) -> Callback:
    """Call ``callback(connection, case_ids)`` inside the transaction that wrote the cases.

    Of an import it is called once per batch of some thousand cases. It may be registered again.
    """
    if callback not in _callbacks:
        _callbacks.append(callback)
    return callback


def cases_written(connection: Connection, case_ids: Sequence[int]) -> None:
    """Say which cases were just inserted or changed below the session."""
    if case_ids:
        for callback in _callbacks:
            callback(connection, case_ids)
