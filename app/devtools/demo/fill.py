"""Many plain cases, fast, for measuring: persons, cases, who meets them, and open stays.

Written below the ORM with keys given out beforehand, so that four tables are filled without
reading a key back. These rows have no history: nobody entered them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sin
from random import Random
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.cases.models import Case, CaseAccess, LabTest, Stay
from app.cases.rules import Course, age_group_of, case_number, derive_status
from app.core import clock
from app.core.transaction import transaction
from app.devtools.demo.network import centre_code
from app.devtools.demo.people import MEN, SURNAMES, WOMEN
from app.devtools.demo.virus import of_plain_case
from app.imports.opendata.writing import Diseases, covid_19
from app.institutions.models import CentreArea, Institution
from app.institutions.variant_names import variants_of
from app.persons.models import Person
from app.persons.search_keys import write_search_keys
from app.security.actor import Actor
from app.statistics.service import rebuild

SOURCE = "fill"
BATCH = 10_000
DAYS = 730
OWN_SHARE = 0.02
"""Part of all cases that the demo's own health centre answers for; the others share the rest."""
_ILL_DAYS = 12
_SEED = 47


@dataclass(frozen=True, slots=True)
class _Area:
    """A municipality with the health centre in charge."""

    municipality: str
    prefecture: str
    centre_id: int
    authority_id: int | None


@dataclass(frozen=True, slots=True)
class _Name:
    """Somebody's name and sex."""

    name: str
    kana: str
    sex: str


@dataclass(slots=True)
class _Maker:
    """What a batch is made from."""

    own: Sequence[_Area]
    areas: Sequence[_Area]
    names: Sequence[_Name]
    diseases: Diseases
    days: Sequence[date]
    weights: Sequence[float]
    now: datetime
    random: Random
    own_share: float
    variants: Mapping[str, int]


def fill(
    cases: int,
    *,
    by: Actor,
    progress: Callable[[int], None] = lambda _n: None,
    own_share: float = OWN_SHARE,
) -> int:
    """Bring the number of plain cases to ``cases``; the number added. Figures are counted anew.

    Needs the master data and the demo's health centres (``demo load``).
    """
    with transaction() as session:
        there = session.scalar(
            select(func.count()).select_from(Case).where(Case.source_system == SOURCE)
        )
        maker = _maker(session, int(there or 0), own_share)
    done = int(there or 0)
    while done < cases:
        count = min(BATCH, cases - done)
        with transaction() as session:
            _write(session, maker, done, count)
        done += count
        progress(done)
    if done > int(there or 0):
        rebuild(by=by)
    return done - int(there or 0)


def _maker(session: Session, already: int, own_share: float) -> _Maker:
    rows = session.execute(
        select(
            CentreArea.municipality_code,
            Institution.id,
            Institution.authority_id,
            Institution.code,
        ).join(Institution, Institution.id == CentreArea.centre_id)
    ).all()
    own = centre_code("13104")
    areas = [(_Area(m, m[:2], centre, authority), code) for m, centre, authority, code in rows]
    today = clock.today()
    days = [today - timedelta(days=ago) for ago in range(DAYS)]
    return _Maker(
        own=[area for area, code in areas if code == own] or [area for area, _code in areas],
        areas=[area for area, _code in areas],
        names=_names(),
        diseases=covid_19(session),
        days=days,
        # Waves of about four months, as the epidemic had.
        weights=[1.1 + sin(ago / 19) for ago in range(DAYS)],
        now=clock.now(),
        random=Random(_SEED + already),
        own_share=own_share,
        variants={one.code: one.id for one in variants_of("covid_19")},
    )


def _names() -> list[_Name]:
    found = []
    for given, sex in ((WOMEN, "female"), (MEN, "male")):
        for family in SURNAMES:
            for first in given:
                name, kana = f"{family[0]} {first[0]}", f"{family[1]} {first[1]}"
                found.append(_Name(name, kana, sex))
    return found


def _write(session: Session, maker: _Maker, start: int, count: int) -> None:
    connection = session.connection()
    first_person, first_case = _next_id(session, Person), _next_id(session, Case)
    reported = maker.random.choices(maker.days, maker.weights, k=count)
    rows = [
        _rows(maker, first_person + n, first_case + n, start + n + 1, reported[n])
        for n in range(count)
    ]
    tables = tuple(model.__table__ for model in (Person, Case, CaseAccess, Stay, LabTest))
    for table, values in zip(tables, zip(*rows, strict=True), strict=True):
        kept = [value for value in values if value is not None]
        if kept:
            connection.execute(insert(table), kept)
    people = [person for person, *_others in rows if person is not None]
    # Of 1,440 names and a number each: comparing them would say nothing, for hours.
    write_search_keys(connection, people, to_compare=False)
    if connection.dialect.name == "postgresql":
        # Keys were given out here; the sequences have to know.
        for model in (Person, Case):
            sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
            connection.execute(select(func.setval(sequence, _next_id(session, model) - 1)))


def _next_id(session: Session, model: type[Any]) -> int:
    return int(session.connection().scalar(select(func.max(model.__table__.c.id))) or 0) + 1


def _rows(
    maker: _Maker, person_id: int, case_id: int, number: int, reported: date
) -> tuple[Mapping[str, Any] | None, ...]:
    """(person, case, access, stay or None, test or None) of one plain case."""
    random = maker.random
    area = random.choice(maker.own if random.random() < maker.own_share else maker.areas)
    name = random.choice(maker.names)
    age = random.randrange(100)
    phone = f"090-0{number // 10_000 % 1000:03d}-{number % 10_000:04d}"
    person = {
        "id": person_id,
        "row_version": 1,
        "name": name.name,
        "kana": name.kana,
        "birth_on": reported - timedelta(days=age * 365 + 100),
        "mobile_phone": phone,
    }
    case = _case(maker, area, person_id, case_id, number, reported)
    case |= {"sex": name.sex, "age_years": age, "age_group": age_group_of(age)}
    access = {
        "row_version": 1,
        "case_id": case_id,
        "institution_id": area.centre_id,
        "role": "responsible",
        "from_at": case["created_at"],
    }
    return person, case, access, _stay(case), _test(maker, case, number)


def _case(
    maker: _Maker, area: _Area, person_id: int, case_id: int, number: int, reported: date
) -> dict[str, Any]:
    left = reported + timedelta(days=_ILL_DAYS)
    over = left <= maker.days[0]
    course = Course(
        notification_state="accepted",
        diagnosis_type="confirmed",
        outcome="recovered" if over else None,
        discharged_on=left if over else None,
    )
    return {
        "id": case_id,
        "row_version": 1,
        "number": case_number(case_id),
        "person_id": person_id,
        "disease_id": maker.diseases.on(reported),
        "episode": 1,
        "status": derive_status(course, (), maker.days[0]) if over else "home",
        "prefecture_code": area.prefecture,
        "first_prefecture_code": area.prefecture,
        "municipality_code": area.municipality,
        "responsible_centre_id": area.centre_id,
        "authority_id": area.authority_id,
        "accepted_centre_id": area.centre_id,
        "accepted_authority_id": area.authority_id,
        "notification_state": course.notification_state,
        "diagnosis_type": course.diagnosis_type,
        "outcome": course.outcome,
        "discharged_on": course.discharged_on,
        "onset_on": reported - timedelta(days=number % 5),
        "diagnosed_on": reported,
        "reported_on": reported,
        "published_on": reported,
        "severity": "mild",
        "link_known": ("yes", "no", "unknown")[number % 3],
        "created_at": maker.now - (maker.days[0] - reported),
        "source_system": SOURCE,
        "source_key": str(number),
    }


def _test(maker: _Maker, case: Mapping[str, Any], number: int) -> Mapping[str, Any] | None:
    """The test by which a variant is known, of some."""
    reported = case["reported_on"]
    ago = (maker.days[0] - reported).days
    found = of_plain_case(number, reported, ago, maker.variants)
    if found is None:
        return None
    return {
        "row_version": 1,
        "case_id": case["id"],
        "collected_on": reported,
        "resulted_on": reported,
        "result": "positive",
        "method": "nucleic_acid",
        "specimen": "saliva",
        **found,
    }


def _stay(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Whoever is still ill stays at home, from the day of the report."""
    if case["outcome"] is not None:
        return None
    return {
        "row_version": 1,
        "case_id": case["id"],
        "place": "home",
        "from_on": case["reported_on"],
    }
