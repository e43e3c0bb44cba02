"""Errors a user can act on. One handler renders them; services never know about HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime


class DomainError(Exception):
    """Something the user must know, in words; ``status`` is the HTTP answer.

    ``message`` may be a lazy translation: it is rendered in the reader's language.
    No personal value may stand in it.
    """

    status = 400

    def __init__(self, message: object = "", *, field: str | None = None) -> None:
        super().__init__(str(type(self).__name__))
        self.message = message
        self.field = field


class NotVisible(DomainError):
    """The record does not exist for this actor; told apart from nothing."""

    status = 404


class NotAllowed(DomainError):
    """The actor's role lacks the right."""

    status = 403


class InvalidState(DomainError):
    """The record is not in a state that allows the step."""

    status = 409


class NotSetUp(DomainError):
    """The installation lacks what the step needs; says whose it is to set up."""

    status = 409


class InvalidInput(DomainError):
    """Values that cannot be accepted: item name → sentences, shown at the items.

    ``codes`` says the same to programs, by item name, where it is more than "invalid".
    """

    status = 422

    def __init__(
        self,
        problems: Mapping[str, Sequence[object]],
        message: object = "",
        *,
        codes: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.problems = dict(problems)
        self.codes = dict(codes or {})


class Conflict(DomainError):
    """Somebody else saved the record in between."""

    status = 409


class TooMany(DomainError):
    """Tried too often; ``retry_at`` is the instant from which it may be tried again."""

    status = 429

    def __init__(self, message: object, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at
