"""The kinds of background work: packages register their handlers here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app

from app.core.labels import Label
from app.security.actor import Actor

if TYPE_CHECKING:
    from app.jobs.context import JobContext


@dataclass(frozen=True, slots=True)
class Result:
    """What a handler hands back: a file made with ``ctx.output_path`` and counts that add up.

    ``message`` is shown to the person who asked and holds no personal value. ``keep_hours``
    shortens how long the file is kept; a file to be given out ``once`` is removed by its
    first download. ``page`` is the endpoint and the values of what was made in the portal,
    or, beside a file, of what the file was made of.
    """

    file: Path | None = None
    counts: dict[str, int] = field(default_factory=dict)
    message: str = ""
    keep_hours: float | None = None
    once: bool = False
    page: tuple[str, Mapping[str, str | int]] | None = None


Handler = Callable[["JobContext"], Result]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A registered kind: its name, its words, its handler.

    Work that ``may_wait`` rests while notifications come first (see ``app.surge``).
    """

    name: str
    title: Label
    handler: Handler
    may_wait: bool = False


_kinds: dict[str, JobKind] = {}


def job(name: str, *, title: Label, may_wait: bool = False) -> Callable[[Handler], Handler]:
    """Register ``def run(ctx: JobContext) -> Result`` as the work of kind ``name``.

    A handler may be started again from its beginning after its process died: each step
    must give the same outcome when repeated (it rewrites its file, it upserts).

    Raises:
        ValueError: another handler already has that name.
    """

    def register(handler: Handler) -> Handler:
        known = _kinds.get(name)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"job kind {name!r} is registered twice")
        _kinds[name] = JobKind(name, title, handler, may_wait)
        return handler

    return register


def kind_named(name: str) -> JobKind:
    """The registered kind. Raises KeyError when no package registers it."""
    return _kinds[name]


def set_account_check(app: Flask, check: Callable[[Actor], bool]) -> None:
    """Tell how to ask whether an actor's account still stands as it was."""
    app.extensions["job_account_check"] = check


def account_stands(actor: Actor) -> bool:
    """False when the account was closed or moved to another post after it asked."""
    check: Callable[[Actor], bool] | None = current_app.extensions.get("job_account_check")
    return actor.is_system or check is None or check(actor)
