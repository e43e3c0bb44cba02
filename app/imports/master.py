"""The master data rows are checked against, read once per file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.core.japanese import normalise
from app.core.problems import InputProblem
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Municipality, Prefecture
from app.tables.values import folded

_LONGEST_NAME = 14
_NAMES_OF_PREFECTURES = (3, 4)
"""Letters: 東京都, 神奈川県."""


@dataclass(frozen=True, slots=True)
class Period:
    """A disease while it stood in the law under this number."""

    from_on: date
    to_on: date
    id: int


@dataclass(frozen=True, slots=True)
class Centre:
    """A health centre: who set it up, and in which prefecture it lies."""

    id: int
    authority_id: int | None
    prefecture_code: str | None


@dataclass(frozen=True, slots=True)
class Masters:
    """Folded name → rows of master data, and names by key for showing."""

    diseases: Mapping[str, Sequence[Period]]
    centres: Mapping[str, Centre]
    authorities: Mapping[str, int]
    prefectures: Mapping[str, str]
    municipalities: Mapping[tuple[str, str], str]
    disease_names: Mapping[int, str]
    institution_names: Mapping[int, str]

    def disease_on(self, name: str, day: date) -> int | None:
        """The disease of this name on a day: the law names one disease several times over."""
        periods = self.diseases.get(folded(name), ())
        if not periods:
            return None
        begun = [period for period in periods if period.from_on <= day]
        return begun[-1].id if begun else periods[0].id

    def names_for(self, kind: str) -> Mapping[int, str]:
        """Names by key for a kind of target."""
        return self.disease_names if kind == "disease" else self.institution_names

    def place_of(self, address: str | None) -> tuple[str | None, str | None]:
        """Prefecture and municipality an address begins with, as far as it says for certain."""
        if not address:
            return None, None
        try:
            plain = normalise(address)
        except InputProblem:
            return None, None
        for letters in _NAMES_OF_PREFECTURES:
            code = self.prefectures.get(plain[:letters])
            if code is not None:
                return code, self._town_of(code, plain[letters:].lstrip())
        return None, None

    def _town_of(self, prefecture: str, rest: str) -> str | None:
        for length in range(min(len(rest), _LONGEST_NAME), 1, -1):
            found = self.municipalities.get((prefecture, rest[:length]))
            if found is not None:
                return found
        return None


def load_masters() -> Masters:
    """Read them, in five statements."""
    session = db.session
    diseases: dict[str, list[Period]] = {}
    disease_names = {}
    for key, name, short, first, last in session.execute(
        select(
            Disease.id, Disease.name, Disease.short_name, Disease.valid_from, Disease.valid_to
        ).order_by(Disease.valid_from)
    ):
        disease_names[key] = name
        for word in {folded(name), folded(short)}:
            diseases.setdefault(word, []).append(Period(first or date.min, last or date.max, key))
    for periods in diseases.values():
        periods.sort(key=lambda period: period.from_on)
    centres, authorities, names = _institutions()
    prefectures = session.execute(select(Prefecture.name, Prefecture.code)).all()
    towns = session.execute(
        select(Municipality.prefecture_code, Municipality.name, Municipality.code)
    )
    return Masters(
        diseases=diseases,
        centres=centres,
        authorities=authorities,
        prefectures=dict(prefectures),
        municipalities={(prefecture, name): code for prefecture, name, code in towns},
        disease_names=disease_names,
        institution_names=names,
    )


def _institutions() -> tuple[dict[str, Centre], dict[str, int], dict[int, str]]:
    centres, authorities, names = {}, {}, {}
    wanted = ("health_centre", "authority")
    for key, kind, name, authority, prefecture in db.session.execute(
        select(
            Institution.id,
            Institution.kind,
            Institution.name,
            Institution.authority_id,
            Institution.prefecture_code,
        ).where(Institution.kind.in_(wanted))
    ):
        names[key] = name
        if kind == "authority":
            authorities[folded(name)] = key
        else:
            centres[folded(name)] = Centre(key, authority, prefecture)
    return centres, authorities, names
