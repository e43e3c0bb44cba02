"""What everybody may read: the files of signed-off publications, and nothing else.

The only reads behind ``/open/``. They never touch ``Publication.content``: what is shown is drawn
from the files given out at the sign-off, which a publication that waits for it does not have.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.core.db import db
from app.core.labels import Label
from app.institutions.models import Prefecture
from app.publication.files import FIGURES
from app.publication.models import Publication, PublicationFile
from app.security.actor import acting_as, system_actor

_PUBLIC = system_actor("open data")
OLDER = 100
"""Older publications listed on the page of an area."""
_RELEASED = ("signed_off", "withdrawn")


@dataclass(frozen=True, slots=True)
class Released:
    """A publication as the public sees it."""

    id: int
    area_code: str
    area_name: str
    prefecture_code: str
    authority_id: int
    figures_on: date
    version: int
    state: str
    signed_off_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    correction_reason: str | None
    taken_down: bool

    @property
    def changed_at(self) -> datetime:
        """When the public last saw something else."""
        return self.withdrawn_at or self.signed_off_at


@dataclass(frozen=True, slots=True)
class GivenOut:
    """A file of a publication; ``body`` only where it was asked for."""

    name: str
    size: int
    digest: str
    released_at: datetime
    body: bytes = b""


def areas() -> Sequence[Released]:
    """The latest publication of each area in force, by its code."""
    last = select(
        Publication.area_code, func.max(Publication.figures_on).label("figures_on")
    ).where(Publication.state == "signed_off")
    newest = last.group_by(Publication.area_code).subquery()
    same = and_(
        Publication.area_code == newest.c.area_code, Publication.figures_on == newest.c.figures_on
    )
    statement = _statement().join(newest, same).where(Publication.state == "signed_off")
    return _all(statement.order_by(Publication.area_code))


def latest_of(code: str) -> Released | None:
    """The publication in force of an area with the latest day."""
    found = _all(
        _statement()
        .where(Publication.area_code == code, Publication.state == "signed_off")
        .order_by(Publication.figures_on.desc(), Publication.version.desc())
        .limit(1)
    )
    return found[0] if found else None


def older_of(code: str) -> Sequence[Released]:
    """Everything an area gave out, the latest first."""
    return _all(
        _statement()
        .where(Publication.area_code == code)
        .order_by(Publication.figures_on.desc(), Publication.version.desc())
        .limit(OLDER)
    )


def publication(key: int) -> Released | None:
    """A publication that was given out; None for any other."""
    found = _all(_statement().where(Publication.id == key))
    return found[0] if found else None


def files_of(one: Released) -> Sequence[GivenOut]:
    """What was given out with it; nothing once it is taken down."""
    if one.taken_down:
        return ()
    columns = (PublicationFile.name, PublicationFile.size, PublicationFile.digest)
    statement = select(*columns, PublicationFile.released_at).where(_of(one))
    with acting_as(_PUBLIC):
        return [
            GivenOut(*row) for row in db.session.execute(statement.order_by(PublicationFile.id))
        ]


def file_of(one: Released, name: str) -> GivenOut | None:
    """One file with its bytes."""
    if one.taken_down:
        return None
    columns = (PublicationFile.name, PublicationFile.size, PublicationFile.digest)
    statement = select(*columns, PublicationFile.released_at, PublicationFile.body)
    with acting_as(_PUBLIC):
        row = db.session.execute(statement.where(_of(one), PublicationFile.name == name)).first()
    if row is None:
        return None
    return GivenOut(row.name, row.size, row.digest, row.released_at, gzip.decompress(row.body))


def content_of(one: Released) -> dict[str, Any] | None:
    """The figures as they were given out; None once they are taken down."""
    for given in files_of(one):
        if given.name.endswith(FIGURES):
            found = file_of(one, given.name)
            if found is not None:
                content: dict[str, Any] = json.loads(found.body)
                return content
    return None


def prefecture_names() -> dict[str, Label]:
    """Code → name of every prefecture."""
    with acting_as(_PUBLIC):
        rows = db.session.execute(select(Prefecture.code, Prefecture.name, Prefecture.romaji))
        return {code: Label(name, romaji) for code, name, romaji in rows}


def _statement() -> Select[Any]:
    columns = [getattr(Publication, name) for name in Released.__dataclass_fields__]
    return select(*columns).where(Publication.state.in_(_RELEASED))


def _all(statement: Select[Any]) -> list[Released]:
    with acting_as(_PUBLIC):
        return [Released(*row) for row in db.session.execute(statement)]


def _of(one: Released) -> ColumnElement[bool]:
    released = select(Publication.id).where(
        Publication.id == one.id,
        Publication.state.in_(_RELEASED),
        Publication.taken_down.is_(False),
    )
    return and_(PublicationFile.publication_id == one.id, released.exists())
