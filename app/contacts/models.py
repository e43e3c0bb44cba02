"""The exposed person under observation, and each exposure to a source case (添付3-2)."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import SEX
from app.cases.models import Case
from app.contacts.codes import CONTACT_STATUS, EXPOSURE_SETTING, RELATIONSHIP
from app.core import clock
from app.core.anonymity import Anonymisable
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import BASIC, CARE, INVESTIGATION
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Municipality, Prefecture
from app.persons.models import Person

_by_centre = partial(item, entered_by=(Enterer.HEALTH_CENTRE,))
_counted = partial(_by_centre, section=BASIC, privacy=Privacy.EPIDEMIOLOGICAL)
_profile = partial(_by_centre, section=BASIC, privacy=Privacy.PROFILE)
_clinical = partial(_by_centre, section=INVESTIGATION, privacy=Privacy.CLINICAL)
_issued = partial(item, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.SYSTEM,), editable=False)
_exposure = partial(_by_centre, section=INVESTIGATION, privacy=Privacy.EPIDEMIOLOGICAL)
_words = partial(_by_centre, section=INVESTIGATION, privacy=Privacy.IDENTIFYING)


class Contact(Anonymisable, Record, db.Model):
    """A person exposed to a disease, for one observation period."""

    __tablename__ = "contact"
    __table_args__ = (
        Index(None, "responsible_centre_id", "status"),
        Index(None, "authority_id", "status"),
        Index(None, "person_id"),
        Index(None, "case_id"),
        Index(None, "observe_until_on"),
        # What the retention period is counted from, centre by centre.
        Index(
            None,
            "responsible_centre_id",
            "observe_until_on",
            "id",
            sqlite_where=text("anonymised_on IS NULL AND observe_until_on IS NOT NULL"),
            postgresql_where=text("anonymised_on IS NULL AND observe_until_on IS NOT NULL"),
        ),
    )

    status: Mapped[str] = _issued(
        String(20),
        ja="接触者の状態",
        en="Status",
        section=BASIC,
        codes=CONTACT_STATUS,
        nullable=False,
        default="under_observation",
        source="入力項目 R90・R94",
    )
    disease_id: Mapped[int] = _counted(
        Integer,
        ja="疾病名",
        en="Disease",
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
    )
    sex: Mapped[str | None] = _profile(
        String(8), ja="性別", en="Sex", codes=SEX, source="入力項目 R94; 添付3-2"
    )
    age_years: Mapped[int | None] = _profile(
        Integer,
        ja="年齢",
        en="Age",
        unit=Label("歳", "years"),
        minimum=0,
        maximum=120,
        source="入力項目 R94; 添付3-2",
    )
    prefecture_code: Mapped[str | None] = _counted(
        String(2),
        ja="居住都道府県",
        en="Prefecture of residence",
        reference="Prefecture",
        foreign_key="prefecture.code",
    )
    municipality_code: Mapped[str | None] = _counted(
        String(5),
        ja="居住市区町村",
        en="Municipality of residence",
        reference="Municipality",
        foreign_key="municipality.code",
    )
    responsible_centre_id: Mapped[int | None] = _by_centre(
        Integer,
        ja="担当保健所",
        en="Responsible health centre",
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        reference="Institution",
        foreign_key="institution.id",
        source="入力項目 R84",
    )
    authority_id: Mapped[int | None] = _issued(
        Integer,
        ja="担当保健所の設置自治体",
        en="Authority of the responsible health centre",
        section=BASIC,
        reference="Institution",
        foreign_key="institution.id",
    )
    last_exposure_on: Mapped[date | None] = _exposure(
        Date,
        ja="最終接触日",
        en="Last exposure",
        required=Stage.FOLLOW_UP,
        aliases=("患者との最終接触日時", "患者との最終接触日"),
        source="入力項目 R94; 添付3-2",
    )
    observe_until_on: Mapped[date | None] = _by_centre(
        Date,
        ja="健康観察終了予定日",
        en="Observe until",
        section=CARE,
        privacy=Privacy.OPERATIONAL,
        hint=Label("最終接触日から14日目", "The 14th day after the last exposure"),
        source="添付3-3",
    )
    has_underlying_condition: Mapped[str | None] = _clinical(
        String(8),
        ja="基礎疾患の有無",
        en="Underlying condition",
        codes=YES_NO_UNKNOWN,
        source="添付3-2",
    )
    fell_ill: Mapped[str | None] = _clinical(
        String(8),
        ja="観察期間内の発症の有無",
        en="Fell ill during observation",
        codes=YES_NO_UNKNOWN,
        source="添付3-2",
    )
    remarks: Mapped[str | None] = _words(
        Text, ja="備考（接触状況等）", en="Remarks", source="添付3-2"
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    """The case this contact became."""
    observed_by_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    """The hotel or contractor the observation was handed to (``followup.calling``)."""
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    person: Mapped["Person"] = relationship()
    case: Mapped["Case | None"] = relationship()
    disease: Mapped["Disease"] = relationship()
    prefecture: Mapped["Prefecture | None"] = relationship()
    municipality: Mapped["Municipality | None"] = relationship()
    responsible_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Contact.responsible_centre_id"
    )
    authority: Mapped["Institution | None"] = relationship(foreign_keys="Contact.authority_id")
    exposures: Mapped[list["ContactExposure"]] = relationship(
        back_populates="contact", order_by="ContactExposure.exposed_on"
    )

    def __str__(self) -> str:
        return f"#{self.id}"


class ContactExposure(Record, db.Model):
    """One exposure of a contact to a source case (接触者情報)."""

    __tablename__ = "contact_exposure"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "contact_id", "exposed_on"),
        Index(None, "infected_case_id"),
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), nullable=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    infected_case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    """The case the contact became, kept beside the source: the two are a link of a chain."""
    exposed_on: Mapped[date | None] = _exposure(
        Date,
        ja="接触日",
        en="Exposed on",
        aliases=("日付",),
        source="別紙3 R76; 入力項目 R94; 添付3-1",
    )
    exposed_time: Mapped[str | None] = _exposure(
        String(11), ja="接触時刻", en="Time of exposure", source="別紙3 R76; 添付3-1"
    )
    relation: Mapped[str | None] = _exposure(
        String(16),
        ja="続柄（患者との関係）",
        en="Relation to the patient",
        codes=RELATIONSHIP,
        aliases=("患者との関係", "続柄(関係)"),
        source="入力項目 R94; 添付3-2",
    )
    setting: Mapped[str | None] = _exposure(
        String(20),
        ja="接触の場面",
        en="Setting",
        codes=EXPOSURE_SETTING,
        source="入力項目 R94; 添付3-1",
    )
    place: Mapped[str | None] = _words(
        String(200), ja="接触場所", en="Place", source="入力項目 R94; 添付3-1"
    )
    masked: Mapped[str | None] = _exposure(
        String(8), ja="マスク着用の有無", en="Masks worn", codes=YES_NO_UNKNOWN
    )
    within_1_metre: Mapped[str | None] = _exposure(
        String(8),
        ja="手で触れる距離（目安1メートル）での接触",
        en="Within reach (about 1 metre)",
        codes=YES_NO_UNKNOWN,
    )
    minutes: Mapped[int | None] = _exposure(
        Integer,
        ja="接触時間",
        en="Duration",
        unit=Label("分", "minutes"),
        minimum=0,
        maximum=1440,
    )
    circumstances: Mapped[str | None] = _words(
        Text, ja="接触状況", en="Circumstances", source="入力項目 R94; 添付3-1"
    )

    contact: Mapped["Contact"] = relationship(back_populates="exposures")
    case: Mapped["Case"] = relationship(foreign_keys="ContactExposure.case_id")
    infected_case: Mapped["Case | None"] = relationship(
        foreign_keys="ContactExposure.infected_case_id"
    )

    def __str__(self) -> str:
        return f"{self.exposed_on or ''} {RELATIONSHIP.label(self.relation or '')}".strip()
