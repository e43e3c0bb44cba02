"""What the cases and contacts of some persons say about them, as far as the reader meets them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, select

from app.cases.models import Case, Stay
from app.contacts.models import Contact
from app.core.db import db
from app.institutions.diseases import Disease
from app.matching.rules import HospitalStay, Identity, Registration
from app.persons.blocks import PHONES

NATIONAL = "NESID"
"""Systems whose numbers name a patient; a row of the open data names nobody."""


@dataclass(slots=True)
class _Facts:
    sexes: set[str] = field(default_factory=set)
    registrations: set[Registration] = field(default_factory=set)
    stays: list[HospitalStay] = field(default_factory=list)
    died: list[date] = field(default_factory=list)
    ill: set[date] = field(default_factory=set)


def identities(people: Mapping[int, Mapping[str, Any]]) -> dict[int, Identity]:
    """Person → what is compared; ``people`` hold the items. Two statements for all of them."""
    facts = _facts_of(people.keys())
    return {key: identity_of(values, facts[key]) for key, values in people.items()}


def identity_of(values: Mapping[str, Any], facts: _Facts | None = None) -> Identity:
    """The items alone, or with what the cases say."""
    known = facts or _Facts()
    return Identity(
        name=values.get("name"),
        kana=values.get("kana"),
        birth_on=values.get("birth_on"),
        phones=tuple(values.get(name) for name in PHONES),
        address=values.get("address"),
        sexes=frozenset(known.sexes | set(filter(None, (values.get("sex"),)))),
        registrations=frozenset(known.registrations),
        stays=tuple(known.stays),
        died_on=min(known.died, default=None),
        ill_on=tuple(sorted(known.ill)),
    )


def _facts_of(keys: Collection[int]) -> defaultdict[int, _Facts]:
    found: defaultdict[int, _Facts] = defaultdict(_Facts)
    for row in db.session.execute(_cases(keys)):
        facts = found[row.person_id]
        if row.sex in ("male", "female"):
            facts.sexes.add(row.sex)
        if row.died_on is not None:
            facts.died.append(row.died_on)
        facts.ill.update(day for day in (row.onset_on, row.diagnosed_on) if day is not None)
        if row.source_key and (row.source_system or "").upper().startswith(NATIONAL):
            on = row.diagnosed_on or row.onset_on or row.reported_on
            facts.registrations.add(Registration(NATIONAL, row.source_key, row.family, on))
        # Two hospitals are known to be two by name or number alone.
        hospital = row.institution_id or row.institution_name
        if hospital is not None:
            facts.stays.append(HospitalStay(str(hospital), row.from_on, row.to_on))
            facts.ill.add(row.from_on)
    seen = select(Contact.person_id, Contact.sex).where(Contact.person_id.in_(keys))
    for row in db.session.execute(seen.where(Contact.sex.in_(("male", "female")))):
        found[row.person_id].sexes.add(row.sex)
    return found


def _cases(keys: Collection[int]) -> Any:
    """A row for each case and each of its stays in a hospital."""
    in_hospital = and_(Stay.case_id == Case.id, Stay.place == "hospital")
    return (
        select(
            Case.person_id,
            Case.sex,
            Case.onset_on,
            Case.diagnosed_on,
            Case.reported_on,
            Case.died_on,
            Case.source_system,
            Case.source_key,
            Disease.family,
            Stay.institution_id,
            Stay.institution_name,
            Stay.from_on,
            Stay.to_on,
        )
        .join(Disease, Disease.id == Case.disease_id)
        .outerjoin(Stay, in_hospital)
        .where(Case.person_id.in_(keys), Case.notification_state.is_distinct_from("withdrawn"))
    )
