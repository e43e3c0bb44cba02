"""Lines that are places or diseases: their names, populations, and which of them are there anyway."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g
from sqlalchemy import ColumnElement, false, or_, select

from app.analysis.dimensions import Dimension
from app.analysis.reach import Reach
from app.core.db import db
from app.institutions.diseases import Disease
from app.institutions.models import Municipality
from app.institutions.rules import InstitutionKind
from app.institutions.variants import Variant
from app.statistics.areas import (
    PREFECTURES,
    Area,
    PlaceName,
    institution_names,
    own_area,
    prefecture_names,
)

_KINDS = {
    "authority_id": InstitutionKind.AUTHORITY,
    "accepted_authority_id": InstitutionKind.AUTHORITY,
}
_VARIANT_KINDS = {"lab_test.variant_id": "lineage", "lab_test.screening_target_id": "mutation"}


@dataclass(frozen=True, slots=True)
class Place:
    """A line; ``population`` None where it is not known."""

    key: str
    name: str
    population: int | None = None


def places_in(dimension: Dimension, reach: Reach, also: Iterable[str] = ()) -> list[Place]:
    """The places of the actor's own prefecture, and ``also`` others that have records.

    For the whole country: every prefecture, but municipalities and institutions only when they
    have records, as no table holds them all.
    """
    kept: dict[object, list[Place]] = g.setdefault("analysis_places", {})
    found = tuple(sorted(also))
    mine = dimension.key if dimension.item.reference == "Variant" else None
    key = (dimension.item.reference, _KINDS.get(dimension.item.name), mine, found)
    if key not in kept:
        kept[key] = _read(dimension, reach, found)
    return kept[key]


def names_of(dimension: Dimension, keys: Iterable[str]) -> dict[str, str]:
    """Key → the reader's word, for codes, places and diseases."""
    if dimension.item.codes is not None:
        return {key: dimension.item.codes.label(key) for key in keys}
    wanted = [key for key in keys if key.isdigit()]
    return {one.key: one.name for one in _named(dimension, wanted)}


def _read(dimension: Dimension, reach: Reach, also: tuple[str, ...]) -> list[Place]:
    target, home = dimension.item.reference, reach.actor.prefecture_code
    if target == "Prefecture":
        return _prefectures(PREFECTURES if home is None else sorted({home, *also}))
    if target == "Municipality":
        at_home = false() if home is None else Municipality.prefecture_code == home
        return _municipalities(or_(at_home, Municipality.code.in_(also)))
    if target == "Disease":
        return _diseases(also)
    if target == "Variant":
        return _variants(dimension, also)
    area = own_area(reach.actor)
    if area == Area():
        return _named(dimension, also) if also else []
    kind = _KINDS.get(dimension.item.name, InstitutionKind.HEALTH_CENTRE)
    return _of(institution_names(kind, area, {int(one) for one in also}))


def _named(dimension: Dimension, keys: Iterable[str]) -> list[Place]:
    target = dimension.item.reference
    if target == "Prefecture":
        return _prefectures(list(keys))
    if target == "Municipality":
        return _municipalities(Municipality.code.in_(list(keys)))
    if target == "Variant":
        return _variants(dimension, keys)
    if target == "Disease":
        wanted = set(keys)
        return [one for one in _diseases(wanted) if one.key in wanted]
    kind = _KINDS.get(dimension.item.name, InstitutionKind.HEALTH_CENTRE)
    # An area that holds no institution, so that only those named are read.
    return _of(institution_names(kind, Area(centre_id=0), {int(one) for one in keys}))


def _prefectures(codes: Iterable[str]) -> list[Place]:
    return _of(prefecture_names(list(codes)))


def _municipalities(condition: ColumnElement[bool]) -> list[Place]:
    statement = select(Municipality.code, Municipality.name).where(condition)
    rows = db.session.execute(statement.order_by(Municipality.code))
    return [Place(code, name) for code, name in rows]


def _variants(dimension: Dimension, keys: Iterable[str]) -> list[Place]:
    """Names in their order, all where none is asked for; a case may have a mutation that a
    screening found instead of a variant, a test has an item for each."""
    kind, wanted = _VARIANT_KINDS.get(dimension.key), set(keys)
    statement = select(Variant).order_by(Variant.disease_id, Variant.position, Variant.id)
    found = [one for one in db.session.scalars(statement) if kind in (None, one.kind)]
    return [Place(str(one.id), str(one)) for one in found if not wanted or str(one.id) in wanted]


def _diseases(keys: Iterable[str]) -> list[Place]:
    rows = db.session.scalars(select(Disease).order_by(Disease.id))
    wanted = set(keys)
    found = [Place(str(one.id), str(one)) for one in rows]
    return [one for one in found if one.key in wanted] if wanted else found


def _of(names: Iterable[PlaceName]) -> list[Place]:
    return [Place(str(one.key), one.name, one.population) for one in names]
