"""One test of a case: specimen, method, laboratory, result (検査記録)."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_PURPOSE, TEST_RESULT, VARIANT_SCREENING
from app.core.db import Record, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import DIAGNOSIS
from app.institutions.models import Institution
from app.institutions.variants import Variant

if TYPE_CHECKING:
    from app.cases.models import Case

_test = partial(
    item,
    section=DIAGNOSIS,
    privacy=Privacy.CLINICAL,
    entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
)
# Laboratories answer for the tests sent to them by their own door; health centres put right.
_virus = partial(
    item,
    section=DIAGNOSIS,
    privacy=Privacy.CLINICAL,
    entered_by=(Enterer.HEALTH_CENTRE,),
)
_tie = partial(item, section=DIAGNOSIS, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.CLINIC,))


class LabTest(Record, db.Model):
    """One specimen tested by one method (検査記録)."""

    __tablename__ = "lab_test"
    __table_args__ = (
        Index(None, "case_id", "collected_on"),
        Index(None, "resulted_on"),
        Index(None, "testing_laboratory_id", "result"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    resulted_on: Mapped[date | None] = _test(
        Date,
        ja="検査の結果判明日",
        en="Result known on",
        required=Stage.INVESTIGATION,
        aliases=("判明_年月日", "結果判明日"),
        source="別紙3 R55; 入力項目 R87",
    )
    result: Mapped[str | None] = _test(
        String(16),
        ja="結果内容",
        en="Result",
        codes=TEST_RESULT,
        required=Stage.INVESTIGATION,
        aliases=("結果", "検査結果"),
        source="別紙3 R55; 入力項目 R87; 発生届 12",
    )
    administrative: Mapped[str | None] = _test(
        String(8),
        ja="行政検査に該当するか",
        en="Administrative test",
        codes=YES_NO_UNKNOWN,
        required=Stage.INVESTIGATION,
        source="別紙3 R55",
    )
    specimen: Mapped[str | None] = _test(
        String(24),
        ja="検体材料",
        en="Specimen",
        codes=SPECIMEN,
        aliases=("検体", "検体の種類"),
        source="別紙3 R56; 発生届 12; 添付1 39",
    )
    collected_on: Mapped[date | None] = _test(
        Date,
        ja="検体採取日",
        en="Specimen collected on",
        aliases=("採取日",),
        source="別紙3 R56; 入力項目 R87; 発生届 12",
    )
    expected_on: Mapped[date | None] = _test(
        Date, ja="結果予定日", en="Result expected on", source="別紙3 R56"
    )
    method: Mapped[str | None] = _test(
        String(24),
        ja="検査方法",
        en="Method",
        codes=TEST_METHOD,
        aliases=("診断方法",),
        source="別紙3 R56; 発生届 12",
    )
    purpose: Mapped[str | None] = _test(
        String(12),
        ja="検査種別",
        en="Purpose",
        codes=TEST_PURPOSE,
        default="diagnosis",
        source="楽々集計 検査種別",
    )
    laboratory: Mapped[str | None] = _tie(
        String(100),
        ja="検査施設",
        en="Laboratory",
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        aliases=("検査機関",),
        source="別紙3 R56; 添付1 39",
    )
    testing_laboratory_id: Mapped[int | None] = _tie(
        Integer,
        ja="検査を依頼した地方衛生研究所",
        en="Sent to the laboratory",
        hint=Label(
            "選択すると、結果は検査機関がこのシステムに入力します。",
            "Chosen, the laboratory enters the result in the portal itself.",
        ),
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        reference="Institution",
        foreign_key="institution.id",
        source="別紙3 R56",
    )
    other_tests: Mapped[str | None] = _test(
        String(8),
        ja="他の検査の有無",
        en="Other tests done",
        codes=YES_NO_UNKNOWN,
        source="別紙3 R57",
    )
    other_results: Mapped[str | None] = item(
        Text,
        privacy=Privacy.IDENTIFYING,
        section=DIAGNOSIS,
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        ja="他の検査の結果",
        en="Results of other tests",
        source="別紙3 R57; 添付1 40",
    )
    variant_screening: Mapped[str | None] = _virus(
        String(12),
        ja="変異株スクリーニング",
        en="Screening for variants",
        codes=VARIANT_SCREENING,
        aliases=("変異株PCR検査", "変異株スクリーニング結果"),
        source="厚生労働省 変異株PCR検査（令和3年）",
    )
    screening_target_id: Mapped[int | None] = _virus(
        Integer,
        ja="スクリーニングの検査項目（変異）",
        en="Mutation screened for",
        hint=Label("例：N501Y、L452R、S遺伝子不検出", "As N501Y, L452R, S gene target failure"),
        reference="Variant",
        foreign_key="variant.id",
        aliases=("変異", "検出変異"),
        source="厚生労働省 変異株PCR検査（令和3年）",
    )
    genome_known_on: Mapped[date | None] = _virus(
        Date,
        ja="ゲノム解析の結果判明日",
        en="Genome analysis known on",
        aliases=("ゲノム解析結果判明日", "ゲノム解析日"),
        source="厚生労働省 ゲノム解析（令和3年）",
    )
    variant_id: Mapped[int | None] = _virus(
        Integer,
        ja="変異株名（ゲノム解析）",
        en="Variant (genome analysis)",
        reference="Variant",
        foreign_key="variant.id",
        aliases=("変異株名", "系統"),
        source="厚生労働省 ゲノム解析（令和3年）",
    )
    entering_institution_id: Mapped[int | None] = item(
        Integer,
        section=DIAGNOSIS,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.SYSTEM,),
        ja="検査結果の入力機関",
        en="Entered by institution",
        reference="Institution",
        foreign_key="institution.id",
        editable=False,
    )

    case: Mapped["Case"] = relationship(back_populates="lab_tests")
    entering_institution: Mapped["Institution | None"] = relationship(
        foreign_keys="LabTest.entering_institution_id"
    )
    testing_laboratory: Mapped["Institution | None"] = relationship(
        foreign_keys="LabTest.testing_laboratory_id"
    )
    screening_target: Mapped["Variant | None"] = relationship(
        foreign_keys="LabTest.screening_target_id"
    )
    variant: Mapped["Variant | None"] = relationship(foreign_keys="LabTest.variant_id")

    def __str__(self) -> str:
        return f"{self.collected_on or ''} {TEST_RESULT.label(self.result or '')}".strip()
