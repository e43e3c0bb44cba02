"""Reads of publications, under the reader's own law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core.db import db
from app.core.errors import NotVisible
from app.generated.arguments import record_key
from app.publication.asof import Explained, causes_after
from app.publication.models import WHOLE_PREFECTURE, Publication
from app.statistics.areas import Area
from app.statistics.measures import BASIS
from app.statistics.queries import Asked, new_by_day

PAGE = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in two publications."""

    key: str
    label: Mapping[str, str]
    over: Mapping[str, str]
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """None where one of them has no such figure."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 3)


def publication_or_404(text: str) -> Publication:
    """The publication with its content.

    Raises:
        NotVisible: there is none for this reader.
    """
    statement = select(Publication).where(Publication.id == record_key(text))
    found = db.session.scalar(statement.options(undefer(Publication.content)))
    if found is None:
        raise NotVisible
    return found


def latest(*, before: int | None = None) -> Sequence[Publication]:
    """A page of publications, newest first, and one more when there is another page."""
    statement = select(Publication).order_by(Publication.id.desc()).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(Publication.id < before)
    return db.session.scalars(statement).all()


def versions_of(one: Publication) -> Sequence[Publication]:
    """Every version of the same day, the latest first."""
    statement = select(Publication).where(
        *_same_area(one), Publication.figures_on == one.figures_on
    )
    return db.session.scalars(statement.order_by(Publication.version.desc())).all()


def comparable(one: Publication) -> Sequence[Publication]:
    """Publications of the same area it may be compared with, the latest first."""
    statement = select(Publication).where(
        *_same_area(one), Publication.id != one.id, Publication.state != "discarded"
    )
    ordered = statement.order_by(Publication.figures_on.desc(), Publication.version.desc())
    return db.session.scalars(ordered.limit(PAGE)).all()


def before(one: Publication) -> Publication | None:
    """The version of the same day that was given out before it, with its content."""
    statement = select(Publication).where(
        *_same_area(one),
        Publication.figures_on == one.figures_on,
        Publication.version < one.version,
        Publication.signed_off_at.is_not(None),
    )
    ordered = statement.order_by(Publication.version.desc()).limit(1)
    return db.session.scalar(ordered.options(undefer(Publication.content)))


def day_before(one: Publication) -> Publication | None:
    """The last day given out before its own, with its content."""
    statement = select(Publication).where(
        *_same_area(one),
        Publication.figures_on < one.figures_on,
        Publication.state == "signed_off",
    )
    ordered = statement.order_by(Publication.figures_on.desc()).limit(1)
    return db.session.scalar(ordered.options(undefer(Publication.content)))


def differences(earlier: Publication, later: Publication) -> list[Difference]:
    """Figure by figure, in the order of the later one."""
    old = {figure["key"]: figure["value"] for figure in earlier.content["figures"]}
    return [
        Difference(
            figure["key"],
            figure["label"],
            figure["over"],
            old.get(figure["key"]),
            figure["value"],
        )
        for figure in later.content["figures"]
    ]


def since_published(one: Publication, on: date) -> Explained:
    """The new cases of a day: as in the publication, as known now, and why."""
    asked = Asked(one.basis, on, on, area_of_publication(one))
    series = one.content["series"].get(one.basis, {})
    found = Explained(then=value_on(series, on) or 0, now=new_by_day(asked)[0])
    found.causes = causes_after(asked, BASIS[one.basis].measure, one.data_at)
    return found


def area_of_publication(one: Publication) -> Area:
    """Its area in the roll-up."""
    if one.authority_id == WHOLE_PREFECTURE:
        return Area(prefecture_code=one.prefecture_code)
    return Area(authority_id=one.authority_id)


def value_on(series: Mapping[str, Any], day: date) -> int | None:
    """The number of a day in a frozen series; None outside of it."""
    if not series:
        return None
    place = (day - date.fromisoformat(series["first"])).days
    values: list[int] = series["new"]
    return values[place] if 0 <= place < len(values) else None


def _same_area(one: Publication) -> tuple[Any, ...]:
    return (
        Publication.prefecture_code == one.prefecture_code,
        Publication.authority_id == one.authority_id,
    )
