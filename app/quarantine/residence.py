"""Where somebody lives, from an address as it was written: prefecture and municipality."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.japanese import normalise
from app.institutions.models import CentreArea, Municipality, Prefecture
from app.institutions.queries import areas_in_force


@dataclass(frozen=True, slots=True)
class Residence:
    """What could be told: codes, or None."""

    prefecture_code: str | None = None
    municipality_code: str | None = None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names of places → codes, read once for a file.

    A town is also known without its 郡, and the ward of a city under the city's whole name.
    """

    prefectures: Mapping[str, str]
    municipalities: Mapping[str, Mapping[str, str]]
    """Prefecture code → name → municipality code."""
    centres: Mapping[str, int]
    """Municipality code → the health centre in charge of it today."""

    def residence(self, prefecture: str, municipality: str, address: str) -> Residence:
        """Prefecture and municipality named in their own cells, or else at the head of the
        address. A municipality without its prefecture counts where the name is unique.

        Raises:
            InputProblem: a control character.
        """
        written = [normalise(part).replace(" ", "") for part in (municipality, address)]
        named = normalise(prefecture).replace(" ", "") or next(
            (p for p in self.prefectures for text in written if text.startswith(p)), ""
        )
        code = self.prefectures.get(named) or next(
            (c for name, c in self.prefectures.items() if named and name[:-1] == named), None
        )
        for text in written:
            found = self._municipality(text.removeprefix(named), code)
            if found is not None:
                return Residence(found[:2], found)
        return Residence(code)

    def _municipality(self, text: str, prefecture_code: str | None) -> str | None:
        areas = self.municipalities
        named = [prefecture_code] if prefecture_code else list(areas)
        found = {
            (len(name), code)
            for area in named
            for name, code in areas.get(area, {}).items()
            if text.startswith(name)
        }
        longest = max((length for length, _code in found), default=0)
        codes = {code for length, code in found if length == longest}
        return codes.pop() if len(codes) == 1 else None


def gazetteer() -> Gazetteer:
    """All places and who is in charge of them; three statements."""
    prefectures = db.session.execute(select(Prefecture.name, Prefecture.code)).all()
    areas: dict[str, dict[str, str]] = {code: {} for _name, code in prefectures}
    rows = db.session.execute(select(Municipality.code, Municipality.name)).all()
    for code, name in rows:
        known = areas[code[:2]]
        known[name] = code
        _county, sign, town = name.partition("郡")
        if sign and town:
            known.setdefault(town, code)
    charges = db.session.execute(
        select(CentreArea.municipality_code, CentreArea.centre_id).where(areas_in_force())
    ).all()
    return Gazetteer(
        {row.name: row.code for row in prefectures},
        areas,
        {row.municipality_code: row.centre_id for row in charges},
    )
