"""The facts of some hundred cases or contacts, read in a handful of statements.

Core statements on the session's connection, in the name of the system: whoever saves a record
may see only a part of what hangs on it, the rules look at all of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, case, func, or_, select

from app.cases.models import Case, LabTest, Stay
from app.contacts.models import Contact, ContactExposure
from app.core.anonymity import MARK
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.institutions.diseases import Disease
from app.institutions.models import CentreArea
from app.matching.episode_rules import EPISODE_DAYS
from app.notifications.models import Notification
from app.persons.models import Person
from app.quality.case_contents import HIGHEST, LOW_OXYGEN, LOWEST
from app.quality.facts import CaseFacts, ContactFacts, LabFacts, ReadingFacts, StayFacts

IN_FORCE = ("accepted", "corrected")
"""Notifications a health centre has accepted; before that the record is not its own yet."""
ONE_EPISODE = timedelta(days=EPISODE_DAYS)
PLACE = ("disease_id", "responsible_centre_id", "authority_id", "prefecture_code")
CASE_ITEMS = (
    "status",
    "diagnosis_type",
    "infected_on",
    "onset_on",
    "first_visit_on",
    "diagnosed_on",
    "reported_on",
    "severe_on",
    "severity",
    "symptoms",
    "hospitalised",
    "outcome",
    "discharged_on",
    "died_on",
    "travel_from_on",
    "travel_to_on",
    "sex",
    "pregnant",
    "age_years",
    "municipality_code",
    "responsible_centre_id",
)
PERSON_ITEMS = ("birth_on", "mobile_phone", "home_phone", "location_phone")
CONTACT_ITEMS = ("status", "last_exposure_on", "observe_until_on", "fell_ill")

_CASE: Table = Case.__table__
_PERSON: Table = Person.__table__
_DISEASE: Table = Disease.__table__
_CONTACT: Table = Contact.__table__
_STAY: Table = Stay.__table__
_TEST: Table = LabTest.__table__
_SEEN: Table = HealthObservation.__table__
_AREA: Table = CentreArea.__table__
_FORM: Table = Notification.__table__
_EXPOSURE: Table = ContactExposure.__table__
_PLAN: Table = ObservationPlan.__table__
_DOSES = ("dose1_on", "dose2_on", "dose3_on")


class Read:
    """A record's facts, and the area it belongs to."""

    def __init__(self, facts: CaseFacts | ContactFacts, row: Any) -> None:
        self.facts = facts
        self.place = {
            "disease_id": row.disease_id,
            "centre_id": row.responsible_centre_id,
            "authority_id": row.authority_id,
            "prefecture_code": row.prefecture_code,
        }


def read_cases(connection: Connection, ids: Sequence[int], today: date) -> dict[int, Read]:
    """Case → facts, of those the rules look at: answered for by a centre, accepted (or entered
    by the centre itself) and not anonymised."""
    rows = [row for row in connection.execute(_cases(ids)) if _is_judged(row)]
    keys = [row.id for row in rows]
    if not keys:
        return {}
    areas = _areas(connection, {r.municipality_code for r in rows} - {None}, today)
    stays = _below(connection, _STAY, ("id", "place", "from_on", "to_on"), keys, StayFacts)
    tests = _below(connection, _TEST, ("id", "result", "collected_on", "purpose"), keys, LabFacts)
    readings = _below(
        connection,
        _SEEN,
        ("id", "observed_on", "temperature", "spo2"),
        keys,
        ReadingFacts,
        or_(
            _SEEN.c.temperature < LOWEST, _SEEN.c.temperature > HIGHEST, _SEEN.c.spo2 <= LOW_OXYGEN
        ),
    )
    doses = _doses(connection, keys)
    again = _same_episodes(connection, keys)
    return {
        row.id: Read(
            CaseFacts(
                id=row.id,
                **{name: getattr(row, name) for name in CASE_ITEMS},
                **{name: getattr(row, name) for name in PERSON_ITEMS},
                has_person=row.person_id is not None,
                family=row.family,
                notification_timing=row.notification_timing,
                watches_oxygen=row.spo2_orange is not None,
                area_centre_id=areas.get(row.municipality_code),
                stays=tuple(stays[row.id]),
                tests=tuple(tests[row.id]),
                readings=tuple(readings[row.id]),
                doses=doses.get(row.id, ((), None))[0],
                notification_id=doses.get(row.id, ((), None))[1],
                same_episode=tuple(again[row.id]),
            ),
            row,
        )
        for row in rows
    }


def read_contacts(connection: Connection, ids: Sequence[int]) -> dict[int, Read]:
    """Contact → facts, of those a centre answers for; not of anonymised ones."""
    rows = [
        row
        for row in connection.execute(_contacts(ids))
        if row.responsible_centre_id is not None and row.anonymised_on is None
    ]
    chains = _chains(connection, [row.id for row in rows])
    return {
        row.id: Read(
            ContactFacts(
                id=row.id,
                **{name: getattr(row, name) for name in (*CONTACT_ITEMS, *PERSON_ITEMS)},
                became_case=row.case_id is not None,
                plan_status=row.plan_status,
                plan_ends_on=row.plan_ends_on,
                exposures=chains.get(row.id, (0, 0))[0],
                sources_in_force=chains.get(row.id, (0, 0))[1],
            ),
            row,
        )
        for row in rows
    }


def _is_judged(row: Any) -> bool:
    accepted = row.notification_state is None or row.notification_state in IN_FORCE
    return accepted and row.responsible_centre_id is not None and row.anonymised_on is None


def _cases(ids: Iterable[int]) -> Any:
    columns = [_CASE.c[name] for name in dict.fromkeys((*CASE_ITEMS, *PLACE))]
    return (
        select(
            _CASE.c.id,
            _CASE.c.person_id,
            _CASE.c.notification_state,
            _CASE.c[MARK],
            *columns,
            *(_PERSON.c[name] for name in PERSON_ITEMS),
            _DISEASE.c.family,
            _DISEASE.c.notification_timing,
            _DISEASE.c.spo2_orange,
        )
        .select_from(
            _CASE.join(_DISEASE, _DISEASE.c.id == _CASE.c.disease_id).outerjoin(
                _PERSON, _PERSON.c.id == _CASE.c.person_id
            )
        )
        .where(_CASE.c.id.in_(ids))
    )


def _contacts(ids: Iterable[int]) -> Any:
    columns = [_CONTACT.c[name] for name in dict.fromkeys((*CONTACT_ITEMS, *PLACE))]
    return (
        select(
            _CONTACT.c.id,
            _CONTACT.c.case_id,
            _CONTACT.c[MARK],
            *columns,
            *(_PERSON.c[name] for name in PERSON_ITEMS),
            _PLAN.c.status.label("plan_status"),
            _PLAN.c.ends_on.label("plan_ends_on"),
        )
        .select_from(
            _CONTACT.join(_PERSON, _PERSON.c.id == _CONTACT.c.person_id).outerjoin(
                _PLAN, _PLAN.c.contact_id == _CONTACT.c.id
            )
        )
        .where(_CONTACT.c.id.in_(ids))
    )


def _below(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    keys: Sequence[int],
    made: Any,
    *conditions: Any,
) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    statement = (
        select(table.c.case_id, *(table.c[name] for name in names))
        .where(table.c.case_id.in_(keys), *conditions)
        .order_by(table.c.id)
    )
    for case_id, *values in connection.execute(statement):
        found[case_id].append(made(*values))
    return found


def _areas(connection: Connection, codes: set[str], today: date) -> Mapping[str | None, int]:
    """Municipality → the health centre in charge today."""
    if not codes:
        return {}
    statement = (
        select(_AREA.c.municipality_code, _AREA.c.centre_id)
        .where(_AREA.c.municipality_code.in_(codes), _AREA.c.from_on <= today)
        .order_by(_AREA.c.from_on)
    )
    return {row.municipality_code: row.centre_id for row in connection.execute(statement)}


def _doses(
    connection: Connection, keys: Sequence[int]
) -> dict[int, tuple[tuple[date, ...], int | None]]:
    """Case → days of vaccination of the notification in force, and its key."""
    columns = [_FORM.c[name] for name in _DOSES]
    statement = (
        select(_FORM.c.case_id, _FORM.c.id, *columns)
        .where(
            _FORM.c.case_id.in_(keys),
            _FORM.c.state == "accepted",
            or_(*(column.is_not(None) for column in columns)),
        )
        .order_by(_FORM.c.id)
    )
    return {
        case_id: (tuple(day for day in days if day is not None), key)
        for case_id, key, *days in connection.execute(statement)
    }


def _same_episodes(connection: Connection, keys: Sequence[int]) -> defaultdict[int, list[int]]:
    """Case → other cases of the same person and family of diseases, of the same weeks."""
    other, disease = _CASE.alias(), _DISEASE.alias()
    families = _CASE.join(_DISEASE, _DISEASE.c.id == _CASE.c.disease_id).join(
        other.join(disease, disease.c.id == other.c.disease_id),
        and_(other.c.person_id == _CASE.c.person_id, other.c.id != _CASE.c.id),
    )
    statement = (
        select(_CASE.c.id, other.c.id, _CASE.c.diagnosed_on, other.c.diagnosed_on)
        .select_from(families)
        .where(
            _CASE.c.id.in_(keys),
            _DISEASE.c.family == disease.c.family,
            other.c.status.not_in(("withdrawn", "cleared")),
            _CASE.c.status.not_in(("withdrawn", "cleared")),
        )
        .order_by(other.c.id)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for key, again, first, second in connection.execute(statement):
        if first is not None and second is not None and abs(first - second) <= ONE_EPISODE:
            found[key].append(again)
    return found


def _chains(connection: Connection, keys: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Contact → exposures, and those whose source case is still one."""
    if not keys:
        return {}
    out = _CASE.c.status.in_(("withdrawn", "cleared"))
    statement = (
        select(
            _EXPOSURE.c.contact_id,
            func.count(),
            func.sum(case((out, 0), else_=1)),
        )
        .select_from(_EXPOSURE.join(_CASE, _CASE.c.id == _EXPOSURE.c.case_id))
        .where(_EXPOSURE.c.contact_id.in_(keys))
        .group_by(_EXPOSURE.c.contact_id)
    )
    return {key: (number, int(sound)) for key, number, sound in connection.execute(statement)}
