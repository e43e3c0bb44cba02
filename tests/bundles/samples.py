"""A bundle of paper at the centre of the cast."""

from datetime import date

from app.bundles.models import PaperBundle
from app.core.transaction import transaction
from app.institutions.queries import disease_in_force, institution_by_code
from app.notifications.layout import COVID_19
from app.security.actor import acting_as, system_actor

TODAY = date(2021, 8, 20)


def bundle(kind: str = "notification", count: int = 2, holder: str | None = None) -> int:
    """A bundle at 新宿区保健所; its key."""
    with acting_as(system_actor("tests")), transaction() as session:
        disease = disease_in_force(COVID_19, on=TODAY)
        centre = institution_by_code("hc-shinjuku")
        given = None if holder is None else institution_by_code(holder)
        assert disease is not None
        assert centre is not None
        made = PaperBundle(
            centre_id=centre.id,
            kind=kind,
            disease_id=disease.id,
            sheet_count=count,
            received_on=TODAY,
            place="第1書庫 A-3",
            holder_id=None if given is None else given.id,
        )
        session.add(made)
        session.flush()
        return made.id
