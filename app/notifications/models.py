"""The notification: a versioned legal document. A submitted one is a snapshot and never changes."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import NOTIFICATION_STATE
from app.cases.models import Case
from app.core import clock
from app.core.anonymity import Anonymisable
from app.core.crypto.types import encrypted_json
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import Label
from app.core.sections import NOTIFICATION
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Prefecture
from app.notifications.codes import DUPLICATE, ENTRY_WAY, FORM_VERSION
from app.notifications.form_items import (
    FormDiagnosis,
    FormHead,
    FormInfection,
)
from app.notifications.form_measures import FormMeasures, FormVaccination
from app.persons.models import Person

_issued = partial(
    item,
    section=NOTIFICATION,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
)
_reason = partial(
    item,
    Text,
    section=NOTIFICATION,
    privacy=Privacy.IDENTIFYING,
    editable=False,
)


class Notification(
    FormHead,
    FormDiagnosis,
    FormInfection,
    FormVaccination,
    FormMeasures,
    Anonymisable,
    Record,
    db.Model,
):
    """One version of a 発生届; a correction is a new row pointing at its ``previous``."""

    __tablename__ = "notification"
    __table_args__ = (
        Index(None, "institution_id", "state"),
        Index(None, "responsible_centre_id", "state", "submitted_at"),
        Index(None, "accepted_centre_id", "state"),
        Index(None, "entering_institution_id", "state"),
        Index(None, "case_id"),
        Index(None, "responsible_centre_id", "due_at"),
    )

    state: Mapped[str] = _issued(
        String(12),
        ja="発生届の状態",
        en="State",
        codes=NOTIFICATION_STATE,
        nullable=False,
        default="draft",
        source="入力項目 R88",
    )
    disease_id: Mapped[int] = item(
        Integer,
        ja="疾病名",
        en="Disease",
        section=NOTIFICATION,
        privacy=Privacy.EPIDEMIOLOGICAL,
        entered_by=(Enterer.CLINIC,),
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
        source="入力項目 R88; 発生届 表題",
    )
    form_version: Mapped[str] = _issued(
        String(12),
        ja="様式の版",
        en="Form version",
        codes=FORM_VERSION,
        nullable=False,
        default="2020-02",
    )
    version: Mapped[int] = _issued(
        Integer, ja="版", en="Version", nullable=False, default=1, minimum=1
    )
    institution_id: Mapped[int] = _issued(
        Integer,
        ja="届出医療機関",
        en="Reporting institution",
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
        source="別紙3 R53",
    )
    entering_institution_id: Mapped[int | None] = _issued(
        Integer,
        ja="入力機関",
        en="Entered by institution",
        hint=Label("代理入力の場合の入力元", "Who typed it in, when not the reporting institution"),
        reference="Institution",
        foreign_key="institution.id",
        source="代理入力 R25・R47",
    )
    entry_way: Mapped[str] = _issued(
        String(12),
        ja="入力方法",
        en="Way of entry",
        codes=ENTRY_WAY,
        nullable=False,
        default="screen",
        source="ワークブックによる届出 R47",
    )
    responsible_centre_id: Mapped[int | None] = item(
        Integer,
        ja="届出先の保健所",
        en="Addressed to",
        section=NOTIFICATION,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.CLINIC,),
        reference="Institution",
        foreign_key="institution.id",
        source="発生届 宛先",
    )
    submitted_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="提出日時", en="Submitted at")
    accepted_at: Mapped[datetime | None] = _issued(
        UtcDateTime,
        ja="届出受理日時",
        en="Accepted at",
        source="添付1 10",
    )
    accepted_by: Mapped[str | None] = _issued(
        String(100), ja="届出受理担当者", en="Accepted by", source="添付1 13"
    )
    accepted_centre_id: Mapped[int | None] = _issued(
        Integer,
        ja="届出受理保健所",
        en="Accepting health centre",
        reference="Institution",
        foreign_key="institution.id",
        required=Stage.ACCEPTANCE,
        source="別紙3 R54; 添付1 12",
    )
    returned_reason: Mapped[str | None] = _reason(ja="差戻しの理由", en="Reason for return")
    withdrawn_reason: Mapped[str | None] = _reason(ja="取下げの理由", en="Reason for withdrawal")

    due_at: Mapped[datetime | None] = _issued(
        UtcDateTime, ja="届出の期限", en="Due at", source="感染症法12条1項"
    )
    duplicate: Mapped[str | None] = _issued(
        String(16),
        ja="重複の確認",
        en="Duplicate checked",
        codes=DUPLICATE,
        source="§2.8（重複計上）",
    )
    forwarded_from_id: Mapped[int | None] = _issued(
        Integer,
        ja="回送元の保健所",
        en="Forwarded by",
        reference="Institution",
        foreign_key="institution.id",
        source="R109",
    )
    forwarded_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="回送日時", en="Forwarded at")
    forwarded_reason: Mapped[str | None] = _reason(ja="回送の理由", en="Reason for forwarding")

    # Identifying in full: whoever may read the document may read these.
    draft: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """Raw form strings of a draft, exactly as typed."""
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """All items of the form as they stood at submission."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("notification.id"))
    # Somebody the portal knew before (a contact): the case is opened for the same person.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_by_user_id: Mapped[int | None] = mapped_column(Integer)
    created_by_user_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    case: Mapped["Case | None"] = relationship()
    disease: Mapped["Disease"] = relationship()
    area_prefecture: Mapped["Prefecture | None"] = relationship()
    institution: Mapped["Institution"] = relationship(foreign_keys="Notification.institution_id")
    entering_institution: Mapped["Institution | None"] = relationship(
        foreign_keys="Notification.entering_institution_id"
    )
    responsible_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Notification.responsible_centre_id"
    )
    accepted_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Notification.accepted_centre_id"
    )
    forwarded_from: Mapped["Institution | None"] = relationship(
        foreign_keys="Notification.forwarded_from_id"
    )
    person: Mapped["Person | None"] = relationship()
    previous: Mapped["Notification | None"] = relationship(
        remote_side="Notification.id", foreign_keys="Notification.previous_id"
    )

    def __str__(self) -> str:
        return f"{NOTIFICATION_STATE.label(self.state)} #{self.id}-{self.version}"
