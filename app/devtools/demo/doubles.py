"""A few invented patients are entered a second time, with the errors of a busy day, so that the
review list of the demo has something to look at."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.contacts.rules import derive_status, observe_until
from app.devtools.demo.network import centre_code
from app.institutions.models import Institution
from app.matching.comparing import compare_these
from app.persons.models import Person
from app.security.actor import Actor

_ITEMS = ("name", "kana", "birth_on", "postal_code", "address", "mobile_phone")
_HALF = str.maketrans(
    "アイウエオカキクコサシスセタチツテトナノハマミムメモヤユヨラリルロワン",
    "ｱｲｳｴｵｶｷｸｺｻｼｽｾﾀﾁﾂﾃﾄﾅﾉﾊﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾛﾜﾝ",
)


def _as_typed_elsewhere(one: dict[str, Any]) -> None:
    """The other clinic types half-width kana and another telephone."""
    one["kana"] = one["kana"].translate(_HALF)
    one["mobile_phone"] = "090-0000-0001"


def _swapped(one: dict[str, Any]) -> None:
    day: date = one["birth_on"]
    if day.day <= 12:
        one["birth_on"] = date(day.year, day.day, day.month)
    else:
        one["birth_on"] = day.replace(day=day.day % 10 or 1)


def _married(one: dict[str, Any]) -> None:
    one["name"] = f"鷹野 {one['name'].split()[-1]}"
    one["kana"] = f"タカノ {one['kana'].split()[-1]}"
    one["postal_code"] = None


def _era(one: dict[str, Any]) -> None:
    """昭和 written for 平成, or the other way round."""
    day: date = one["birth_on"]
    one["birth_on"] = day.replace(day=min(day.day, 28), year=day.year - 63)
    one["address"] = None


def _twin(one: dict[str, Any]) -> None:
    """No double: a twin, whom nobody proposes."""
    one["name"] = f"{one['name'].split()[0]} 双葉"
    one["kana"] = f"{one['kana'].split()[0]} フタバ"


_WAYS: tuple[Callable[[dict[str, Any]], None], ...] = (
    _as_typed_elsewhere,
    _swapped,
    _married,
    _era,
    _twin,
)


def plant_doubles(session: Session, today: date, *, by: Actor) -> int:
    """Second records of patients of the demo's own health centre, as contacts of others; how many.

    They are compared at once, so that the list is there with the demo; the worker does the rest.
    """
    centre = session.scalars(
        select(Institution).where(Institution.code == centre_code("13104"))
    ).one()
    cases = _patients(session, centre)
    planted: list[Person] = []
    for case, source, way in zip(cases, reversed(cases), _WAYS, strict=False):
        if case.id == source.id or case.person is None:
            continue
        values = {name: getattr(case.person, name) for name in _ITEMS}
        way(values)
        rows = _contact(values, source, centre, today)
        session.add_all(rows)
        planted.append(rows[0])
    session.flush()
    compare_these(session, [person.id for person in planted], by=by)
    return len(planted)


def _patients(session: Session, centre: Institution) -> list[Case]:
    """Newest patients of whom everything is known that can be mistyped."""
    found = session.scalars(
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Case.responsible_centre_id == centre.id)
        .order_by(Case.id.desc())
        .limit(40)
    )
    return [
        case
        for case in found
        if case.person is not None and all(getattr(case.person, name) for name in _ITEMS)
    ][: 3 * len(_WAYS)]


def _contact(
    values: dict[str, Any], source: Case, centre: Institution, today: date
) -> tuple[Person, Contact, ContactExposure]:
    exposed_on = today - timedelta(days=3)
    until = observe_until(exposed_on)
    person = Person(**values)
    contact = Contact(
        person=person,
        disease_id=source.disease_id,
        prefecture_code=source.prefecture_code,
        municipality_code=source.municipality_code,
        responsible_centre_id=centre.id,
        authority_id=centre.authority_id,
        last_exposure_on=exposed_on,
        observe_until_on=until,
        status=derive_status(became_case=False, observe_until_on=until, on=today),
    )
    exposure = ContactExposure(
        contact=contact, case_id=source.id, exposed_on=exposed_on, relation="colleague"
    )
    return person, contact, exposure
