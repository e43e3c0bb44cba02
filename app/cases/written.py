"""Tells higher packages which cases somebody wrote or removes below the session.

Statistics register their recount here; a lower package never imports a higher one.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

Callback = Callable[[Connection, Sequence[int]], object]
_callbacks: list[Callback] = []
_before_removal: list[Callback] = []


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


def before_cases_removed(callback: Callback) -> Callback:
    """Call ``callback(connection, case_ids)`` before cases are removed below the session.

    It removes what the portal itself derived from them. What people wrote it leaves: that keeps
    the case.
    """
    if callback not in _before_removal:
        _before_removal.append(callback)
    return callback


def cases_to_be_removed(connection: Connection, case_ids: Sequence[int]) -> None:
    """Say which cases are about to be removed below the session."""
    if case_ids:
        for callback in _before_removal:
            callback(connection, case_ids)
