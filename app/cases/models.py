"""The case and the table that says which institution meets it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.attributes import instance_state

from app.cases.basic_items import CaseBasics
from app.cases.care_items import CaseCare, CaseInvestigation
from app.cases.codes import ACCESS_ROLE
from app.cases.course import ActivityRecord, Stay, Treatment
from app.cases.derived_items import CaseDerived
from app.cases.diagnosis_items import CaseDiagnosis
from app.cases.lab_test import LabTest
from app.cases.publication import CasePublication
from app.core import clock
from app.core.anonymity import Anonymisable
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.sections import BASIC
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Municipality, Prefecture
from app.institutions.variants import Variant
from app.persons.models import Person

__all__ = ["ActivityRecord", "Case", "CaseAccess", "LabTest", "Stay", "Treatment"]


def _kept_by(column: str) -> Index:
    """What a retention period is counted from, centre by centre; anonymised rows left out."""
    there = text(f"anonymised_on IS NULL AND {column} IS NOT NULL")
    columns = ("responsible_centre_id", column, "id")
    return Index(None, *columns, sqlite_where=there, postgresql_where=there)


class Case(
    CaseBasics,
    CaseDiagnosis,
    CaseCare,
    CaseInvestigation,
    CaseDerived,
    CasePublication,
    Anonymisable,
    Record,
    db.Model,
):
    """One episode of a disease. Legal without a person: open-data and anonymous cases exist."""

    __tablename__ = "case_record"
    __table_args__ = (
        UniqueConstraint("source_system", "source_key"),
        Index(None, "person_id"),
        # A list of an area is read by key, newest first.
        Index(None, "prefecture_code", "id"),
        Index(None, "authority_id", "id"),
        Index(None, "disease_id", "published_on"),
        Index(None, "prefecture_code", "published_on"),
        Index(None, "authority_id", "status"),
        Index(None, "responsible_centre_id", "status"),
        Index(None, "municipality_code"),
        Index(None, "diagnosed_on"),
        Index(None, "onset_on"),
        Index(
            None,
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        *map(_kept_by, ("discharged_on", "died_on", "accepted_at", "reported_on")),
    )

    # Every page of a case has to say when it was made one with another.
    read_always: ClassVar[tuple[str, ...]] = ("merged_into_id",)

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    # An imported row is recognised by system and key, and skipped when its hash is unchanged.
    source_system: Mapped[str | None] = mapped_column(String(40))
    source_key: Mapped[str | None] = mapped_column(String(120))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    # A case registered twice: what hung on this row hangs on that one now; see app.matching.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))

    person: Mapped["Person | None"] = relationship()
    disease: Mapped["Disease"] = relationship()
    prefecture: Mapped["Prefecture | None"] = relationship(foreign_keys="Case.prefecture_code")
    first_prefecture: Mapped["Prefecture"] = relationship(foreign_keys="Case.first_prefecture_code")
    municipality: Mapped["Municipality | None"] = relationship()
    residence_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Case.residence_centre_id"
    )
    responsible_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Case.responsible_centre_id"
    )
    authority: Mapped["Institution | None"] = relationship(foreign_keys="Case.authority_id")
    reporting_institution: Mapped["Institution | None"] = relationship(
        foreign_keys="Case.reporting_institution_id"
    )
    accepted_authority: Mapped["Institution | None"] = relationship(
        foreign_keys="Case.accepted_authority_id"
    )
    accepted_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Case.accepted_centre_id"
    )
    variant: Mapped["Variant | None"] = relationship(viewonly=True)
    lab_tests: Mapped[list["LabTest"]] = relationship(
        back_populates="case", order_by="LabTest.collected_on"
    )
    stays: Mapped[list["Stay"]] = relationship(back_populates="case", order_by="Stay.from_on")
    treatments: Mapped[list["Treatment"]] = relationship(
        back_populates="case", order_by="Treatment.given_on"
    )
    activities: Mapped[list["ActivityRecord"]] = relationship(
        back_populates="case", order_by="ActivityRecord.id"
    )
    accesses: Mapped[list["CaseAccess"]] = relationship(back_populates="case")

    @validates("first_prefecture_code")
    def _stays_where_it_began(self, _name: str, code: str) -> str:
        """The jurisdiction of the first report never changes: stores may be divided by it."""
        before = instance_state(self).dict.get("first_prefecture_code")
        if before is not None and before != code:
            raise ValueError("the prefecture of the first report never changes")
        return code

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class CaseAccess(Record, db.Model):
    """Which institution meets the case, as what, and for how long; the row law reads this.

    One row per institution and case: its ``role`` is the closest tie the two have. A row with a
    ``user_id`` is that person's alone and for reading only: break-glass access.
    """

    __tablename__ = "case_access"
    __table_args__ = (
        # The ties of institutions and those of single people are unique each for themselves.
        Index(
            "uq_case_access_institution_id_case_id",
            "institution_id",
            "case_id",
            unique=True,
            sqlite_where=text("user_id IS NULL"),
            postgresql_where=text("user_id IS NULL"),
        ),
        UniqueConstraint("user_id", "case_id"),
        Index(None, "case_id"),
        Index(None, "institution_id", "case_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    institution_id: Mapped[int] = item(
        Integer,
        ja="機関",
        en="Institution",
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.HEALTH_CENTRE,),
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
        source="入力項目 R84",
    )
    role: Mapped[str] = item(
        String(16),
        ja="関係（担当保健所・関係保健所等）",
        en="Tie (responsible, related, …)",
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.HEALTH_CENTRE,),
        codes=ACCESS_ROLE,
        nullable=False,
        default="related",
        source="入力項目 R84",
    )
    from_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, insert_default=clock.now)
    to_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(Integer)

    case: Mapped["Case"] = relationship(back_populates="accesses")
    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return ACCESS_ROLE.label(self.role)
