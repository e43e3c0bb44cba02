"""A cluster (集団発生) and the cases that belong to it. It names a place, never a person."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.chains.codes import CLUSTER_STATUS, MEMBER_ROLE
from app.contacts.codes import EXPOSURE_SETTING
from app.core import clock
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Section, item
from app.core.labels import Label
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Prefecture

CLUSTER = Section("cluster", 4, Label("集団発生（クラスター）", "Cluster"))
_told = partial(
    item,
    section=CLUSTER,
    privacy=Privacy.EPIDEMIOLOGICAL,
    entered_by=(Enterer.HEALTH_CENTRE,),
    source="積極的疫学調査実施要領（集団発生の探知）",
)
_answers = partial(
    item,
    section=CLUSTER,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
)


class Cluster(Record, db.Model):
    """Cases that go back to one place or occasion, as the health centre that looks into it says."""

    __tablename__ = "cluster"
    __table_args__ = (
        Index(None, "responsible_centre_id", "id"),
        Index(None, "authority_id", "id"),
        Index(None, "prefecture_code", "id"),
    )

    name: Mapped[str] = _told(
        String(120),
        ja="クラスター名",
        en="Name",
        hint=Label("個人の氏名は書かない", "Do not write names of people"),
        nullable=False,
    )
    status: Mapped[str] = _told(
        String(12),
        ja="状況",
        en="Status",
        codes=CLUSTER_STATUS,
        nullable=False,
        default="suspected",
    )
    disease_id: Mapped[int] = _told(
        Integer,
        ja="疾病名",
        en="Disease",
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
    )
    setting: Mapped[str | None] = _told(
        String(20), ja="発生の場面", en="Setting", codes=EXPOSURE_SETTING
    )
    place: Mapped[str | None] = _told(
        String(200),
        ja="発生場所",
        en="Place",
        hint=Label("施設名・店名など。個人宅は書かない", "A facility or shop, no private home"),
    )
    from_on: Mapped[date | None] = _told(Date, ja="期間の初日", en="First day")
    to_on: Mapped[date | None] = _told(Date, ja="期間の最終日", en="Last day")
    responsible_centre_id: Mapped[int | None] = _answers(
        Integer,
        ja="担当保健所",
        en="Responsible health centre",
        reference="Institution",
        foreign_key="institution.id",
    )
    authority_id: Mapped[int | None] = _answers(
        Integer,
        ja="担当保健所の設置自治体",
        en="Authority of the responsible health centre",
        reference="Institution",
        foreign_key="institution.id",
    )
    prefecture_code: Mapped[str | None] = _answers(
        String(2),
        ja="都道府県",
        en="Prefecture",
        reference="Prefecture",
        foreign_key="prefecture.code",
    )
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    disease: Mapped["Disease"] = relationship()
    responsible_centre: Mapped["Institution | None"] = relationship(
        foreign_keys="Cluster.responsible_centre_id"
    )
    authority: Mapped["Institution | None"] = relationship(foreign_keys="Cluster.authority_id")
    prefecture: Mapped["Prefecture | None"] = relationship()

    def __str__(self) -> str:
        return self.name


class ClusterMember(Record, db.Model):
    """A case that belongs to a cluster."""

    __tablename__ = "cluster_member"
    __table_args__ = (UniqueConstraint("cluster_id", "case_id"), Index(None, "case_id"))

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), nullable=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    role: Mapped[str] = _told(
        String(8),
        ja="クラスター内の位置付け",
        en="Part in the cluster",
        codes=MEMBER_ROLE,
        nullable=False,
        default="unknown",
    )

    cluster: Mapped["Cluster"] = relationship()
    case: Mapped["Case"] = relationship()

    def __str__(self) -> str:
        return MEMBER_ROLE.label(self.role)
