"""Pure rules of populations: who is added up for a health centre, a city, a whole prefecture."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

CENSUS_ON = date(2020, 10, 1)
"""The day of the census that the populations of the prefectures are of."""


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality; ``population`` None where nobody entered one."""

    code: str
    name: str
    kind: str
    population: int | None = None
    counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Peopled:
    """A sum of municipalities, or the names of those that are missing."""

    population: int | None
    missing: tuple[str, ...] = ()


def with_cities(towns: Iterable[Town]) -> dict[str, Town]:
    """Code → municipality; a designated city without an own number is the sum of its wards."""
    found = {town.code: town for town in towns}
    for city in [town for town in found.values() if town.kind == "designated_city"]:
        wards = wards_of(city, found)
        if city.population is None and wards and all(w.population is not None for w in wards):
            found[city.code] = Town(
                city.code,
                city.name,
                city.kind,
                sum(ward.population or 0 for ward in wards),
                min((ward.counted_on for ward in wards if ward.counted_on), default=None),
            )
    return found


def wards_of(city: Town, towns: Mapping[str, Town]) -> list[Town]:
    """The wards of a designated city: they carry its name in front of their own."""
    return [
        town
        for town in towns.values()
        if town.kind == "ward" and town.code[:2] == city.code[:2] and is_ward_of(town, city)
    ]


def is_ward_of(ward: Town, city: Town) -> bool:
    """True for 横浜市西区 and 横浜市."""
    return ward.name.replace(" ", "").startswith(city.name)


def summed(codes: Collection[str], towns: Mapping[str, Town]) -> Peopled:
    """People of municipalities together; None unless every one of them is known."""
    there = [towns[code] for code in sorted(codes) if code in towns]
    missing = tuple(town.name for town in there if town.population is None)
    if missing or not there:
        return Peopled(None, missing)
    return Peopled(sum(town.population or 0 for town in there))


def rest_of_prefecture(
    prefecture_population: int | None, cities: Collection[str], towns: Mapping[str, Town]
) -> Peopled:
    """A prefecture's own authority: everybody who lives in no city with health centres.

    Its municipalities added up; or, where the cities' numbers are of the same census, the
    prefecture less the cities.
    """
    apart = {code: towns[code] for code in cities if code in towns}
    own = [town.code for town in towns.values() if town.kind != "ward" and town.code not in apart]
    found = summed(own, towns)
    same_census = all(town.counted_on == CENSUS_ON for town in apart.values())
    if found.population is None and prefecture_population is not None and same_census:
        elsewhere = summed(list(apart), towns) if apart else Peopled(0)
        if elsewhere.population is not None and elsewhere.population <= prefecture_population:
            return Peopled(prefecture_population - elsewhere.population)
    return found
