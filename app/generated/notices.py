"""Notices above the content of every page: features say what their reader must not miss."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import g

from app.core.pages import Action
from app.security.actor import Actor, current_actor


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence in a colour, with the page or step it leads to."""

    text: str
    tone: str = "warning"
    title: str = ""
    actions: tuple[Action, ...] = ()


Source = Callable[[Actor], Sequence[Notice]]
_sources: list[Source] = []


def page_notice(source: Source) -> Source:
    """Register what stands above a page for its reader; asked once per page."""
    if source not in _sources:
        _sources.append(source)
    return source


def page_notices() -> list[Notice]:
    """The notices of this page, none for people who are not signed in."""
    actor = current_actor()
    if actor is None or g.get("failed"):
        return []
    return [notice for source in _sources for notice in source(actor)]
