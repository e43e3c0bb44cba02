"""The area a headquarters publishes for: its code, its names, what its cases are."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func

from app.cases.models import Case
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed
from app.institutions.models import Institution, Prefecture
from app.institutions.rules import lg_code
from app.publication.models import WHOLE_PREFECTURE
from app.publication.romaji import town_romaji
from app.security.actor import Actor
from app.security.roles import RoleName
from app.statistics.areas import Area


@dataclass(frozen=True, slots=True)
class PublishedArea:
    """A prefecture, or the area of an authority within it."""

    prefecture_code: str
    authority_id: int
    code: str
    """全国地方公共団体コード, six digits."""
    prefecture: str
    municipality: str
    """Empty for a prefecture."""
    romaji: str
    population: int | None

    @property
    def name(self) -> str:
        """As people call it."""
        return self.municipality or self.prefecture

    @property
    def area(self) -> Area:
        """The same in the roll-up."""
        if self.is_prefecture:
            return Area(prefecture_code=self.prefecture_code)
        return Area(authority_id=self.authority_id)

    @property
    def is_prefecture(self) -> bool:
        """False for an authority."""
        return self.authority_id == WHOLE_PREFECTURE

    @property
    def file_stem(self) -> str:
        """How the names of its files begin."""
        return f"{self.code}_{self.romaji}_covid19"


def area_of(actor: Actor) -> PublishedArea:
    """The area the actor publishes for.

    Raises:
        NotAllowed: the role publishes nothing.
        InvalidState: the authority is the prefecture itself, whose headquarters publish.
    """
    if actor.role is RoleName.PREFECTURE_SUPERVISOR and actor.prefecture_code:
        return _of_prefecture(db.session.get_one(Prefecture, actor.prefecture_code))
    if actor.role is RoleName.AUTHORITY_SUPERVISOR and actor.authority_id:
        return _of_authority(db.session.get_one(Institution, actor.authority_id))
    raise NotAllowed(_l("Your role may not do this."))


def cases_of(area: PublishedArea) -> ColumnElement[bool]:
    """Its cases, by the same place as the roll-up."""
    if area.is_prefecture:
        lived = func.coalesce(Case.prefecture_code, Case.first_prefecture_code)
        return lived == area.prefecture_code
    return Case.authority_id == area.authority_id


def _of_prefecture(one: Prefecture) -> PublishedArea:
    return PublishedArea(
        prefecture_code=one.code,
        authority_id=WHOLE_PREFECTURE,
        code=lg_code(f"{one.code}000"),
        prefecture=one.name,
        municipality="",
        romaji=one.romaji.lower(),
        population=one.population,
    )


def _of_authority(one: Institution) -> PublishedArea:
    prefecture = one.prefecture
    if prefecture is None or not one.lg_code or one.lg_code[2:5] == "000":
        raise InvalidState(_l("The headquarters of the prefecture publish for this area."))
    romaji = town_romaji(one.kana or "")
    if romaji == prefecture.romaji.lower():
        # As the two Fukuokas do.
        romaji = f"city_{romaji}"
    return PublishedArea(
        prefecture_code=prefecture.code,
        authority_id=one.id,
        code=one.lg_code,
        prefecture=prefecture.name,
        municipality=one.name,
        romaji=romaji or "city",
        population=one.population,
    )
