"""Who acts. Without an actor no record exists."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flask import g, has_request_context

from app.security.roles import Entry, RoleName

READING_ACTIONS = frozenset({"list", "show"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person at an institution, in one role.

    ``user_id`` is None for the system itself (jobs, command line), whose ``name`` then says
    which job. ``authority_id`` and ``prefecture_code`` place the institution in the tree;
    ``entries`` are what it was let do, if it is not a public body (none unless given).
    """

    user_id: int | None
    name: str
    role: RoleName
    institution_id: int | None = None
    authority_id: int | None = None
    prefecture_code: str | None = None
    entries: frozenset[Entry] = frozenset()
    scopes: frozenset[str] | None = None
    """``resource:read`` and ``resource:write`` of a key for programs; None: the whole role."""
    household_id: int | None = None
    """The patient's link behind the role ``household``, which has no account and no institution."""

    def within_scopes(self, action: str, resource: str) -> bool:
        """True unless the actor is a key that was not given this part of its role."""
        if self.scopes is None:
            return True
        kind = "read" if action in READING_ACTIONS else "write"
        return f"{resource}:{kind}" in self.scopes

    @property
    def is_system(self) -> bool:
        """True for jobs and the command line, which see all rows of their session."""
        return self.role is RoleName.SYSTEM


def system_actor(name: str) -> Actor:
    """The actor of a job or command; ``name`` appears in the history."""
    return Actor(user_id=None, name=name, role=RoleName.SYSTEM)


def household_actor(link_id: int) -> Actor:
    """Whoever opened a patient's link with the birth date; ``name`` appears in the history."""
    return Actor(user_id=None, name="patient page", role=RoleName.HOUSEHOLD, household_id=link_id)


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
_request_loader: Callable[[], Actor | None] | None = None


def set_request_loader(loader: Callable[[], Actor | None]) -> None:
    """Tell how the signed-in actor of a web request is found (the accounts package does)."""
    global _request_loader
    _request_loader = loader


def current_actor() -> Actor | None:
    """The actor of this request, job or command; None when nobody is signed in."""
    explicit = _acting.get()
    return signed_in_actor() if explicit is None else explicit


def signed_in_actor() -> Actor | None:
    """Who is signed in, also while a page is made in the name of somebody else."""
    if not has_request_context() or _request_loader is None:
        return None
    if "actor" not in g:
        # The loader itself reads the database; while it runs there is no actor yet.
        g.actor = None
        g.actor = _request_loader()
    loaded: Actor | None = g.actor
    return loaded


def forget_request_actor() -> None:
    """Load the actor anew at the next question (after login or logout)."""
    if has_request_context():
        g.pop("actor", None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Run the block in the name of ``actor`` (jobs, commands, tests)."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)
