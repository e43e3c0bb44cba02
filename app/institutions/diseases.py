"""Diseases as data: category in the law, timing, follow-up defaults and option lists.

Items 1–10 and 13–19 of a 発生届 are common to all diseases; symptoms (11), methods and
specimens (12) and routes (18①) are the lists of :class:`DiseaseOption`.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.core.db import Record, db
from app.core.items import Privacy, Section, item
from app.core.labels import CodeList, Label
from app.institutions.disease_follow_up import FOLLOW_UP, DiseaseFollowUp

DISEASE = Section("disease", 10, Label("疾病", "Disease"))
OPTION = Section("disease_option", 30, Label("選択肢", "Options"))

OPEN = Privacy.PUBLIC

CATEGORIES = CodeList(
    "disease_category",
    ("category_1", "一類感染症", "Category I"),
    ("category_2", "二類感染症", "Category II"),
    ("category_3", "三類感染症", "Category III"),
    ("category_4", "四類感染症", "Category IV"),
    ("category_5", "五類感染症", "Category V"),
    ("novel_influenza_etc", "新型インフルエンザ等感染症", "Novel influenza and the like"),
    ("designated", "指定感染症", "Designated infectious disease"),
    ("suspected_syndrome", "疑似症", "Suspected syndrome (Art. 14)"),
)

SURVEILLANCE = CodeList(
    "surveillance",
    ("all_cases", "全数", "All cases"),
    ("sentinel_influenza", "定点：インフルエンザ定点", "Sentinel: influenza"),
    (
        "sentinel_influenza_covid",
        "定点：インフルエンザ／COVID-19定点",
        "Sentinel: influenza / COVID-19",
    ),
    ("sentinel_paediatric", "定点：小児科定点", "Sentinel: paediatrics"),
    ("sentinel_eye", "定点：眼科定点", "Sentinel: ophthalmology"),
    ("sentinel_sti", "定点：性感染症定点", "Sentinel: sexually transmitted infections"),
    ("sentinel_core", "定点：基幹定点", "Sentinel: core hospitals"),
    ("sentinel_syndrome", "定点：疑似症定点", "Sentinel: suspected syndrome"),
)

NOTIFICATION_TIMINGS = CodeList(
    "notification_timing",
    ("immediately", "直ちに", "Immediately"),
    ("within_7_days", "7日以内", "Within 7 days"),
    ("weekly", "週単位（次の月曜）", "Weekly, on the next Monday"),
    ("monthly", "月単位（翌月初日）", "Monthly, on the first of the next month"),
)

OPTION_KINDS = CodeList(
    "disease_option_kind",
    ("symptom", "症状", "Symptom"),
    ("specimen", "検体", "Specimen"),
    ("method", "診断方法", "Method of diagnosis"),
    ("route", "感染経路", "Route of infection"),
)


class Disease(DiseaseFollowUp, Record, db.Model):
    """A notifiable disease under one category of the Infectious Diseases Control Law.

    A disease that changed its category (COVID-19 did twice) has one row per period, with the
    same ``family``; ``valid_from`` and ``valid_to`` (inclusive) say which row is in force.
    """

    __tablename__ = "disease"

    code: Mapped[str] = item(
        String(60),
        ja="疾病コード",
        en="Disease code",
        section=DISEASE,
        privacy=OPEN,
        nullable=False,
        unique=True,
        editable=False,
    )
    family: Mapped[str] = item(
        String(60),
        ja="同一疾病コード",
        en="Same-disease code",
        section=DISEASE,
        privacy=OPEN,
        nullable=False,
        editable=False,
        index=True,
    )
    name: Mapped[str] = item(
        String(200),
        ja="疾病名",
        en="Name in the law",
        section=DISEASE,
        privacy=OPEN,
        nullable=False,
    )
    short_name: Mapped[str] = item(
        String(60), ja="略称", en="Short name", section=DISEASE, privacy=OPEN, nullable=False
    )
    category: Mapped[str] = item(
        String(30),
        ja="類型",
        en="Category",
        section=DISEASE,
        privacy=OPEN,
        source="感染症法6条",
        codes=CATEGORIES,
        nullable=False,
    )
    surveillance: Mapped[str] = item(
        String(30),
        ja="把握方法",
        en="Surveillance",
        section=DISEASE,
        privacy=OPEN,
        codes=SURVEILLANCE,
        nullable=False,
    )
    notification_timing: Mapped[str] = item(
        String(30),
        ja="届出の時期",
        en="Time of notification",
        section=DISEASE,
        privacy=OPEN,
        source="感染症法12条・14条",
        codes=NOTIFICATION_TIMINGS,
        nullable=False,
    )
    valid_from: Mapped[date | None] = item(
        Date, ja="適用開始日", en="In force from", section=DISEASE, privacy=OPEN
    )
    valid_to: Mapped[date | None] = item(
        Date, ja="適用終了日", en="In force until", section=DISEASE, privacy=OPEN
    )
    tokyo_code: Mapped[str | None] = item(
        String(10),
        ja="東京都感染症発生動向コード",
        en="Tokyo surveillance code",
        section=DISEASE,
        privacy=OPEN,
        editable=False,
    )
    position: Mapped[int] = item(
        Integer,
        ja="表示順",
        en="Position",
        section=DISEASE,
        privacy=OPEN,
        nullable=False,
        default=0,
    )
    note: Mapped[str | None] = item(Text, ja="備考", en="Note", section=DISEASE, privacy=OPEN)

    observation_days: Mapped[int | None] = item(
        Integer,
        ja="健康観察期間",
        en="Observation period",
        section=FOLLOW_UP,
        privacy=OPEN,
        source="積極的疫学調査 添付3-3",
        unit=Label("日", "days"),
        minimum=0,
        maximum=365,
    )
    spo2_red: Mapped[int | None] = item(
        Integer,
        ja="酸素飽和度（赤）以下",
        en="SpO2 red at or below",
        section=FOLLOW_UP,
        privacy=OPEN,
        source="診療の手引き 第2版",
        unit=Label("％", "%"),
        minimum=50,
        maximum=100,
    )
    spo2_orange: Mapped[int | None] = item(
        Integer,
        ja="酸素飽和度（橙）以下",
        en="SpO2 orange at or below",
        section=FOLLOW_UP,
        privacy=OPEN,
        source="診療の手引き 第2版",
        unit=Label("％", "%"),
        minimum=50,
        maximum=100,
    )
    fever_orange: Mapped[Decimal | None] = item(
        Numeric(3, 1),
        ja="体温（橙）以上",
        en="Temperature orange at or above",
        section=FOLLOW_UP,
        privacy=OPEN,
        unit=Label("℃", "°C"),
        minimum=34,
        maximum=43,
    )
    fever_yellow: Mapped[Decimal | None] = item(
        Numeric(3, 1),
        ja="体温（黄）以上",
        en="Temperature yellow at or above",
        section=FOLLOW_UP,
        privacy=OPEN,
        unit=Label("℃", "°C"),
        minimum=34,
        maximum=43,
    )

    def __str__(self) -> str:
        return self.short_name


class DiseaseOption(Record, db.Model):
    """One choice of a disease's symptoms, specimens, methods or routes (発生届 11, 12, 18①)."""

    __tablename__ = "disease_option"
    __table_args__ = (UniqueConstraint("disease_id", "kind", "method", "value"),)

    disease_id: Mapped[int] = item(
        Integer,
        ja="疾病",
        en="Disease",
        section=OPTION,
        privacy=OPEN,
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
        index=True,
    )
    kind: Mapped[str] = item(
        String(20),
        ja="種別",
        en="Kind",
        section=OPTION,
        privacy=OPEN,
        codes=OPTION_KINDS,
        nullable=False,
    )
    # Specimens belong to a method (発生届 12); everything else carries the empty string, not
    # NULL, so that the unique constraint holds on every database.
    method: Mapped[str] = item(
        String(40),
        ja="診断方法（検体の場合）",
        en="Method (for specimens)",
        section=OPTION,
        privacy=OPEN,
        nullable=False,
        default="",
    )
    value: Mapped[str] = item(
        String(40), ja="値", en="Value", section=OPTION, privacy=OPEN, nullable=False
    )
    label_ja: Mapped[str] = item(
        String(100),
        ja="表示（日本語）",
        en="Label (Japanese)",
        section=OPTION,
        privacy=OPEN,
        nullable=False,
    )
    label_en: Mapped[str] = item(
        String(100),
        ja="表示（英語）",
        en="Label (English)",
        section=OPTION,
        privacy=OPEN,
        nullable=False,
    )
    position: Mapped[int] = item(
        Integer, ja="表示順", en="Position", section=OPTION, privacy=OPEN, nullable=False, default=0
    )
    confirmed: Mapped[bool] = item(
        Boolean,
        ja="文言確認済み",
        en="Wording confirmed",
        section=OPTION,
        privacy=OPEN,
        hint=Label(
            "様式の文言が原本で確認できていない場合は「いいえ」",
            "No while the wording has not been checked against the original form",
        ),
        nullable=False,
        default=False,
    )
    disease: Mapped[Disease] = relationship()

    @property
    def label(self) -> Label:
        """The choice in both languages."""
        return Label(self.label_ja, self.label_en)

    def __str__(self) -> str:
        return str(self.label)
