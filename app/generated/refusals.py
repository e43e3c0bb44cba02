"""Why something was not saved, put where its sender finds it."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.audit.reads import is_read_only
from app.core import forms
from app.core.constraints import as_input_error
from app.core.db import metadata
from app.core.errors import DomainError, InvalidInput, InvalidState, NotAllowed

Closed = Callable[[Any], object | None]
_closed: list[Closed] = []


def closed_by(check: Closed) -> Closed:
    """Register why a record is not changed any more: a sentence, or None while it is open."""
    if check not in _closed:
        _closed.append(check)
    return check


def closed(record: Any) -> object | None:
    """The sentence that says why nobody changes the record any more; None: it is open."""
    return next((said for check in _closed if (said := check(record)) is not None), None)


def refuse_closed(record: Any) -> None:
    """Raises InvalidState when nobody changes the record any more."""
    said = closed(record)
    if said is not None:
        raise InvalidState(said)


def refuse_read_only() -> None:
    """Stop a form on a page that stands open by break-glass access alone.

    Raises:
        NotAllowed: the access is for reading.
    """
    if is_read_only():
        raise NotAllowed(_l("Break-glass access is for reading only."))


def show_problem(form: Any, error: DomainError | IntegrityError) -> None:
    """Put a refusal beside its item, or above the form when no item is to blame.

    Raises:
        IntegrityError: a constraint nobody explained; the neutral error page answers.
    """
    if isinstance(error, IntegrityError):
        explained = as_input_error(error, dict(metadata.tables))
        if explained is None:
            raise error
        error = explained
    if isinstance(error, InvalidInput):
        form.form_errors.extend(forms.show_problems(form, error.problems))
        return
    if error.status == 404:
        raise error
    problems = {error.field or "": [error.message]}
    form.form_errors.extend(forms.show_problems(form, problems))
