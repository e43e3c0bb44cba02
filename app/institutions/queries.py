"""Reads of the master data: what choice lists, forms and services ask."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.db import db
from app.core.japanese import normalise, to_katakana
from app.institutions.diseases import Disease
from app.institutions.models import CentreArea, Institution, Municipality, Prefecture

CHOICES = 20

_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def open_institutions() -> ColumnElement[bool]:
    """The condition "not closed by today"."""
    return or_(Institution.closed_on.is_(None), Institution.closed_on > clock.today())


def search_institutions(
    term: str,
    *,
    kinds: Collection[str] = (),
    prefecture_code: str | None = None,
    limit: int = CHOICES,
) -> Sequence[Institution]:
    """Open institutions whose name, kana or code begins with ``term``, by name.

    Hiragana finds readings and full-width digits find codes. An empty term finds all of the
    kinds asked for; never more than ``limit`` are read.

    Raises:
        InputProblem: the term holds a control character.
    """
    statement = select(Institution).where(open_institutions())
    if term.strip():
        statement = statement.where(
            or_(
                Institution.name.startswith(term.strip(), autoescape=True),
                Institution.kana.startswith(to_katakana(term), autoescape=True),
                Institution.code.startswith(normalise(term), autoescape=True),
            )
        )
    if kinds:
        statement = statement.where(Institution.kind.in_(kinds))
    if prefecture_code:
        statement = statement.where(Institution.prefecture_code == prefecture_code)
    ordered = statement.order_by(Institution.name, Institution.id).limit(limit)
    return db.session.scalars(ordered).all()


def search_municipalities(
    term: str, *, prefecture_code: str | None = None, limit: int = CHOICES
) -> Sequence[Municipality]:
    """Municipalities by code, by the start of the kana, or by any part of the name.

    People leave out 郡 and the city above a ward, so the name is searched inside as well.

    Raises:
        InputProblem: the term holds a control character.
    """
    statement = select(Municipality).where(
        or_(
            Municipality.name.contains(normalise(term), autoescape=True),
            Municipality.kana.startswith(to_katakana(term), autoescape=True),
            Municipality.code.startswith(normalise(term), autoescape=True),
        )
    )
    if prefecture_code:
        statement = statement.where(Municipality.prefecture_code == prefecture_code)
    ordered = statement.options(joinedload(Municipality.prefecture)).order_by(Municipality.code)
    return db.session.scalars(ordered.limit(limit)).all()


def search_prefectures(term: str) -> Sequence[Prefecture]:
    """Prefectures by code or by the start of name, reading or romaji; 47 at most.

    Raises:
        InputProblem: the term holds a control character.
    """
    typed = normalise(term)
    statement = select(Prefecture).where(
        or_(
            Prefecture.name.startswith(typed, autoescape=True),
            Prefecture.kana.startswith(to_katakana(term), autoescape=True),
            Prefecture.romaji.istartswith(typed, autoescape=True),
            Prefecture.code == typed,
        )
    )
    return db.session.scalars(statement.order_by(Prefecture.code)).all()


def search_diseases(term: str, *, limit: int = CHOICES) -> Sequence[Disease]:
    """Diseases whose name in the law or short name holds ``term``, in the order of the law.

    Names are stored as the law prints them (Ｅ型肝炎, full width), so the term is looked for
    as typed and widened. Raises InputProblem for a control character.
    """
    normalise(term)
    spellings = {term.strip(), term.strip().translate(_FULL_WIDTH)}
    holds = [
        name.contains(spelling, autoescape=True)
        for name in (Disease.name, Disease.short_name)
        for spelling in spellings
    ]
    statement = select(Disease).where(or_(*holds)).order_by(Disease.position).limit(limit)
    return db.session.scalars(statement).all()


def institution_by_code(code: str) -> Institution | None:
    """The institution with our or the official code, open or closed."""
    return db.session.scalars(select(Institution).where(Institution.code == code)).one_or_none()


def municipalities_of(institution_id: int) -> Select[Any]:
    """The codes of the municipalities a health centre, or the centres of an authority, answer for
    today."""
    return (
        select(CentreArea.municipality_code)
        .join(Institution, Institution.id == CentreArea.centre_id)
        .where(
            areas_in_force(),
            or_(Institution.id == institution_id, Institution.authority_id == institution_id),
        )
    )


def areas_in_force(on: date | None = None) -> ColumnElement[bool]:
    """The condition "in charge on this day" (today) on CentreArea."""
    day, later = on or clock.today(), aliased(CentreArea)
    followed = (
        select(later.id)
        .where(
            later.municipality_code == CentreArea.municipality_code,
            later.from_on > CentreArea.from_on,
            later.from_on <= day,
        )
        .exists()
    )
    return and_(CentreArea.from_on <= day, ~followed)


def default_centre_for(municipality_code: str) -> Institution | None:
    """The health centre in charge of a municipality today (R52); None where none is mapped."""
    return db.session.scalars(
        select(Institution)
        .join(CentreArea, CentreArea.centre_id == Institution.id)
        .where(CentreArea.municipality_code == municipality_code, areas_in_force())
    ).one_or_none()


def areas_of(centre_id: int) -> Sequence[CentreArea]:
    """What a health centre is in charge of, today and from a later day on, by municipality."""
    coming = CentreArea.from_on > clock.today()
    statement = (
        select(CentreArea)
        .join(Municipality, Municipality.code == CentreArea.municipality_code)
        .where(CentreArea.centre_id == centre_id, or_(areas_in_force(), coming))
        .options(joinedload(CentreArea.municipality))
        .order_by(Municipality.code, CentreArea.from_on)
    )
    return db.session.scalars(statement).all()


def has_open_below(institution_id: int, on: date) -> bool:
    """True when an institution below this one stays open beyond ``on``."""
    below = select(Institution.id).where(
        Institution.parent_id == institution_id,
        or_(Institution.closed_on.is_(None), Institution.closed_on > on),
    )
    return db.session.scalar(below.limit(1)) is not None


def disease_in_force(family: str, *, on: date) -> Disease | None:
    """The row of a disease under the category it had on a day (COVID-19 has three)."""
    return db.session.scalars(
        select(Disease)
        .where(
            Disease.family == family,
            or_(Disease.valid_from.is_(None), Disease.valid_from <= on),
            or_(Disease.valid_to.is_(None), Disease.valid_to >= on),
        )
        .order_by(Disease.position)
        .limit(1)
    ).one_or_none()
