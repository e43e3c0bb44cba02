"""The observations under a case: its own, and those from when its person was a contact."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.contacts.models import Contact
from app.followup.models import HealthObservation
from app.generated.showing import RelatedTab


@dataclass(frozen=True)
class CaseObservationsTab(RelatedTab):
    """After a conversion the days stay with the contact and still belong to the case."""

    def condition(self, parent: int, own_key: Any) -> ColumnElement[bool]:
        """Of the case with the key ``parent``, or of the contact that became it."""
        earlier = select(Contact.id).where(Contact.case_id == parent)
        return or_(self.foreign_key == parent, HealthObservation.contact_id.in_(earlier))

    def rows(self, parent: int) -> Select[Any]:
        """One row per observation, to be counted."""
        return select(HealthObservation.id).where(self.condition(parent, HealthObservation.id))
