"""Populations of health centres and authorities, kept as the sums of their municipalities.

The prefectures' own come with the master data (census of 2020). Those of municipalities are
entered by the offices; whoever reads a rate finds the sum beside the institution.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update

from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import (
    CentreArea,
    Institution,
    Municipality,
    MunicipalityPopulation,
    Prefecture,
)
from app.institutions.population_rules import (
    Peopled,
    Town,
    rest_of_prefecture,
    summed,
    with_cities,
)
from app.institutions.queries import areas_in_force, municipalities_of
from app.institutions.rules import InstitutionKind
from app.security.actor import acting_as, system_actor

_SUMMING = system_actor("populations")
_KINDS = (InstitutionKind.AUTHORITY.value, InstitutionKind.HEALTH_CENTRE.value)


@dataclass(slots=True)
class _Read:
    """Everything the sums of some prefectures are made from."""

    towns: dict[str, dict[str, Town]] = field(default_factory=dict)
    areas: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    cities: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    prefectures: Mapping[str, int] = field(default_factory=dict)
    institutions: Sequence[Institution] = ()


def keep_populations(prefecture_code: str | None = None) -> int:
    """Bring the sums of a prefecture (or all) to the present; how many institutions changed.

    Below the ORM on purpose: a sum is no change that anybody made, so it grows no version and
    stands in no history; what it is made from does.
    """
    table, changed = Institution.__table__, 0
    with acting_as(_SUMMING), transaction() as session:
        session.flush()
        read = _read(prefecture_code)
        for institution, found in _sums(read):
            if institution.population != found.population:
                session.connection().execute(
                    update(table)
                    .where(table.c.id == institution.id)
                    .values(population=found.population)
                )
                session.expire(institution, ["population"])
                changed += 1
    return changed


def missing_for(institution_id: int) -> tuple[str, ...] | None:
    """Municipalities without a population, of a centre or of all centres of an authority.

    None where no municipality belongs to it at all.
    """
    entered = MunicipalityPopulation
    statement = (
        select(Municipality.name, entered.population)
        .outerjoin(entered, entered.municipality_code == Municipality.code)
        .where(Municipality.code.in_(municipalities_of(institution_id)))
        .order_by(Municipality.code)
    )
    found = db.session.execute(statement).all()
    missing = tuple(name for name, population in found if population is None)
    return missing if found else None


def _sums(read: _Read) -> Iterator[tuple[Institution, Peopled]]:
    for one in read.institutions:
        code = one.prefecture_code or ""
        towns = read.towns.get(code, {})
        if one.kind == InstitutionKind.HEALTH_CENTRE:
            yield one, summed(read.areas.get(one.id, ()), towns)
        elif one.municipality_code is not None:
            yield one, summed([one.municipality_code], towns)
        else:
            people = read.prefectures.get(code)
            yield one, rest_of_prefecture(people, read.cities.get(code, ()), towns)


def _read(prefecture_code: str | None) -> _Read:
    read = _Read()
    entered = MunicipalityPopulation
    towns = select(
        Municipality.prefecture_code,
        Municipality.code,
        Municipality.name,
        Municipality.kind,
        entered.population,
        entered.counted_on,
    ).outerjoin(entered, entered.municipality_code == Municipality.code)
    areas = select(CentreArea.centre_id, CentreArea.municipality_code).where(areas_in_force())
    institutions = select(Institution).where(Institution.kind.in_(_KINDS))
    if prefecture_code is not None:
        towns = towns.where(Municipality.prefecture_code == prefecture_code)
        areas = areas.where(CentreArea.municipality_code.startswith(prefecture_code))
        institutions = institutions.where(Institution.prefecture_code == prefecture_code)
    by_prefecture: dict[str, list[Town]] = defaultdict(list)
    for code, *town in db.session.execute(towns):
        by_prefecture[code].append(Town(*town))
    read.towns = {code: with_cities(found) for code, found in by_prefecture.items()}
    for centre_id, municipality_code in db.session.execute(areas):
        read.areas[centre_id].append(municipality_code)
    read.prefectures = {one.code: one.population for one in db.session.scalars(select(Prefecture))}
    read.institutions = db.session.scalars(institutions).all()
    for one in read.institutions:
        if one.kind == InstitutionKind.AUTHORITY and one.municipality_code is not None:
            read.cities[one.prefecture_code or ""].append(one.municipality_code)
    return read
