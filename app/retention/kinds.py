"""The kinds of records a period can be given to. Higher packages register theirs here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.cases.models import Case
from app.cases.rules import case_number
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.quarantine.models import Returnee

_INSTITUTION, _DISEASE = Institution.__table__, Disease.__table__


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    Attributes:
        model: carries ``anonymised_on``.
        events: what a period can be counted from → the columns; of several the latest counts.
        of_centre: the records of a health centre, by an index whose first column it names.
        centre_of: the health centre of one record.
        reference: the record's number; says nothing about the person.
        only: further condition on the records of this kind.
        disease_of: the disease of one record.
    """

    name: str
    model: type[Any]
    events: Mapping[str, tuple[InstrumentedAttribute[Any], ...]]
    of_centre: Callable[[int], ColumnElement[bool]]
    centre_of: Callable[[Any], int | None]
    reference: Callable[[Any], str]
    only: ColumnElement[bool] | None = None
    disease_of: Callable[[Any], int] = attrgetter("disease_id")

    @property
    def condition(self) -> ColumnElement[bool]:
        """Records of this kind that still have their identity."""
        still: ColumnElement[bool] = self.model.anonymised_on.is_(None)
        return still & (true() if self.only is None else self.only)

    def event_on(self, record: Any, event: str) -> date | None:
        """The day a period is counted from; None while the event has not come."""
        values = [getattr(record, column.key) for column in self.events.get(event, ())]
        return max((day_of(value) for value in values if value is not None), default=None)


def day_of(value: date | datetime) -> date:
    """The calendar day in Japan."""
    return clock.in_japan(value).date() if isinstance(value, datetime) else value


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let periods be given to a kind of record."""
    KINDS[kind.name] = kind


def _drafts_of(centre_id: int) -> ColumnElement[bool]:
    """Drafts of the centre itself and of the clinics that stand below it."""
    below = select(_INSTITUTION.c.id).where(
        or_(_INSTITUTION.c.id == centre_id, _INSTITUTION.c.parent_id == centre_id)
    )
    condition: ColumnElement[bool] = Notification.institution_id.in_(below)
    return condition


def _unassigned_in(headquarters_id: int) -> ColumnElement[bool]:
    """Those of the prefecture whose headquarters look for a health centre for them."""
    prefecture = select(_INSTITUTION.c.prefecture_code).where(_INSTITUTION.c.id == headquarters_id)
    condition: ColumnElement[bool] = Returnee.prefecture_code == prefecture.scalar_subquery()
    return condition


def _headquarters_of(returnee: Returnee) -> int | None:
    return db.session.scalar(
        select(_INSTITUTION.c.id).where(
            _INSTITUTION.c.kind == "prefecture_hq",
            _INSTITUTION.c.prefecture_code == returnee.prefecture_code,
        )
    )


def _disease_of(returnee: Returnee) -> int:
    """Lists come of one disease; on the day of the arrival it may have had another name."""
    family = select(_DISEASE.c.id).where(_DISEASE.c.family == COVID_19)
    return db.session.scalars(family.order_by(_DISEASE.c.position).limit(1)).one()


def _centre_of_draft(draft: Notification) -> int | None:
    office = draft.institution
    return office.id if office.kind == "health_centre" else office.parent_id


register_kind(
    Kind(
        "case",
        Case,
        {
            "case_closed": (Case.discharged_on, Case.died_on),
            "case_accepted": (Case.accepted_at,),
            "case_reported": (Case.reported_on,),
        },
        lambda centre_id: Case.responsible_centre_id == centre_id,
        lambda case: case.responsible_centre_id,
        lambda case: case.number or case_number(case.id),
    )
)
register_kind(
    Kind(
        "contact",
        Contact,
        {"observation_ended": (Contact.observe_until_on,)},
        lambda centre_id: Contact.responsible_centre_id == centre_id,
        lambda contact: contact.responsible_centre_id,
        lambda contact: f"C{contact.id}",
    )
)
register_kind(
    Kind(
        "draft",
        Notification,
        {"draft_begun": (Notification.created_at,)},
        _drafts_of,
        _centre_of_draft,
        lambda draft: f"D{draft.id}",
        (Notification.state == "draft")
        & Notification.case_id.is_(None)
        & Notification.previous_id.is_(None),
    )
)
register_kind(
    Kind(
        "returnee",
        Returnee,
        {"returnee_arrived": (Returnee.arrived_on,)},
        lambda centre_id: Returnee.centre_id == centre_id,
        lambda returnee: returnee.centre_id,
        lambda returnee: f"R{returnee.id}",
        # Who was taken over goes with the contact they became.
        Returnee.contact_id.is_(None) & Returnee.centre_id.is_not(None),
        _disease_of,
    )
)
register_kind(
    Kind(
        "unassigned",
        Returnee,
        {"returnee_arrived": (Returnee.arrived_on,)},
        _unassigned_in,
        _headquarters_of,
        lambda returnee: f"R{returnee.id}",
        Returnee.contact_id.is_(None)
        & Returnee.centre_id.is_(None)
        & Returnee.prefecture_code.is_not(None),
        _disease_of,
    )
)
register_kind(
    Kind(
        "unplaced",
        Returnee,
        {"returnee_arrived": (Returnee.arrived_on,)},
        # The station itself answers for those nobody knows a prefecture of.
        lambda station_id: Returnee.institution_id == station_id,
        lambda returnee: returnee.institution_id,
        lambda returnee: f"R{returnee.id}",
        Returnee.contact_id.is_(None)
        & Returnee.centre_id.is_(None)
        & Returnee.prefecture_code.is_(None),
        _disease_of,
    )
)
