"""Every address of the portal, built from the list of doors, for attacks that walk them all."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, url_for

from app.security.roles import role_of
from tests.access.doors import DOORS, Door
from tests.support import cast
from tests.support.cast import Episode

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Address:
    """One route with one method, as a browser would ask for it."""

    endpoint: str
    method: str
    path: str
    door: Door


def addresses(app: Flask, episode: Episode, *methods: str) -> Iterator[Address]:
    """All routes that know one of ``methods``, with the records of ``episode``."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        for method in sorted((rule.methods or set()) & set(methods)):
            door = DOORS[rule.endpoint]
            yield Address(rule.endpoint, method, path_of(app, rule.endpoint, episode), door)


def open_to(app: Flask, who: str, episode: Episode, *methods: str) -> Iterator[Address]:
    """Those of the addresses a member of the cast may open with a browser, and one that refuses:
    behind every other stands the same page of refusal."""
    with app.app_context():
        role = role_of(cast.actor(who).role)
    refused = False
    for address in addresses(app, episode, *methods):
        door = address.door
        if door.bearer or address.endpoint == "static":
            continue
        may = door.is_open or role.may(door.action, door.resource)
        if may or not refused:
            yield address
        refused = refused or not may


def path_of(app: Flask, endpoint: str, episode: Episode) -> str:
    """The address of a door, opened on the records of ``episode``."""
    door = DOORS[endpoint]
    values: dict[str, object] = {**door.values, **door.query}
    if door.record is not None:
        key = 987_655 if door.record == "none" else getattr(episode, door.record)
        values[door.parameter.removeprefix("?")] = key
    with app.test_request_context():
        return url_for(endpoint, **values)  # type: ignore[arg-type]
