"""Section 2 of 別紙3 for a case: course, risk factors and outcome (R57–R67, R85–R89)."""

from datetime import date
from functools import partial

from sqlalchemy import Date, Integer, Numeric, String, Text
from sqlalchemy.orm import Mapped

from app.cases.codes import (
    DIAGNOSIS_TYPE,
    OUTCOME,
    SEVERITY,
    SMOKING,
    SYMPTOM,
    UNDERLYING_CONDITION,
)
from app.core.db import CodeSet
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import DIAGNOSIS

_by_clinic = partial(item, section=DIAGNOSIS, entered_by=(Enterer.CLINIC,))
_clinical = partial(_by_clinic, privacy=Privacy.CLINICAL)
_tri_state = partial(_clinical, String(8), codes=YES_NO_UNKNOWN)
_counted = partial(_by_clinic, privacy=Privacy.EPIDEMIOLOGICAL)
_words = partial(_by_clinic, Text, privacy=Privacy.IDENTIFYING)


class CaseDiagnosis:
    """Items of section 2 that a case has once; tests, stays and treatments are rows of their own."""

    diagnosis_type: Mapped[str | None] = _counted(
        String(24),
        ja="診断分類",
        en="Diagnosis type",
        codes=DIAGNOSIS_TYPE,
        aliases=("診断の類型",),
        source="入力項目 R97; 発生届 1",
    )
    first_visit_on: Mapped[date | None] = _counted(
        Date,
        ja="初診年月日",
        en="First visit",
        aliases=("初診日", "初診"),
        source="別紙3 R58; 入力項目 R89; 発生届 13",
    )
    diagnosed_on: Mapped[date | None] = _counted(
        Date,
        ja="診断年月日",
        en="Diagnosed on",
        aliases=("確定_年月日", "陽性確定日", "確定日", "診断日"),
        source="別紙3 R58; 発生届 14",
    )
    infected_on: Mapped[date | None] = _counted(
        Date,
        ja="感染推定日",
        en="Presumed date of infection",
        aliases=("感染したと推定される年月日", "感染推定年月日"),
        source="別紙3 R58; 発生届 15",
    )
    onset_on: Mapped[date | None] = _counted(
        Date,
        ja="発症年月日",
        en="Onset date",
        required=Stage.NOTIFICATION,
        aliases=("発病年月日", "発症日", "発症_年月日", "発病日"),
        source="別紙3 R59; 入力項目 R85; 発生届 16",
    )
    suspicion_cleared_on: Mapped[date | None] = _clinical(
        Date,
        ja="疑い解消日",
        en="Suspicion cleared on",
        hint=Label(
            "疑似症患者の検査が陰性で、疑いが解消した日",
            "The day on which negative tests cleared a suspected case",
        ),
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        source="感染症法12条（疑似症）; 別紙3 R55",
    )
    severe_on: Mapped[date | None] = _clinical(
        Date,
        ja="重症の診断日",
        en="Diagnosed as severe on",
        required=Stage.OUTCOME,
        source="別紙3 R59",
    )
    published_on: Mapped[date | None] = _counted(
        Date,
        ja="公表日",
        en="Published on",
        entered_by=(Enterer.HEALTH_CENTRE,),
        aliases=("公表_年月日", "確定日（公表）"),
        source="オープンデータ 公表_年月日",
    )
    symptoms: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet, ja="症状", en="Symptoms", codes=SYMPTOM, source="入力項目 R85; 発生届 11"
    )
    symptoms_other: Mapped[str | None] = _by_clinic(
        String(200),
        privacy=Privacy.IDENTIFYING,
        ja="その他の症状",
        en="Other symptoms",
        aliases=("患者_症状", "症状その他"),
        source="発生届 11",
    )
    severity: Mapped[str | None] = _clinical(
        String(16),
        ja="重症度",
        en="Severity",
        codes=SEVERITY,
        aliases=("患者_状態", "身体状況（現在の症状）"),
        source="発生届 19（2021年2月）",
    )
    waiting_since_on: Mapped[date | None] = _clinical(
        Date,
        ja="入院待機開始日",
        en="Waiting for admission since",
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        source="別紙3 R60",
    )
    waiting_note: Mapped[str | None] = _words(
        ja="入院待機情報",
        en="Waiting for admission: notes",
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        source="別紙3 R60",
    )
    hospitalised: Mapped[str | None] = _tri_state(
        ja="入院の有無",
        en="Admitted to hospital",
        required=Stage.FOLLOW_UP,
        source="別紙3 R61",
    )
    chest_xray: Mapped[str | None] = _tri_state(
        ja="胸部X線の異常所見",
        en="Abnormal chest X-ray",
        source="入力項目 R89; 添付1 33",
    )
    chest_xray_note: Mapped[str | None] = _words(
        ja="胸部X線の所見", en="Chest X-ray findings", source="入力項目 R89; 添付1 33"
    )
    chest_ct: Mapped[str | None] = _tri_state(
        ja="胸部CTの異常所見", en="Abnormal chest CT", source="入力項目 R89; 添付1 34"
    )
    chest_ct_note: Mapped[str | None] = _words(
        ja="胸部CTの所見", en="Chest CT findings", source="入力項目 R89; 添付1 34"
    )
    outcome: Mapped[str | None] = _clinical(
        String(16),
        ja="転帰",
        en="Outcome",
        codes=OUTCOME,
        required=Stage.OUTCOME,
        source="別紙3 R65; 添付1 37",
    )
    discharged_on: Mapped[date | None] = _counted(
        Date,
        ja="退院日（療養解除日）",
        en="Discharged on",
        required=Stage.OUTCOME,
        aliases=("退院日", "療養解除日"),
        source="別紙3 R65; 入力項目 R89",
    )
    died_on: Mapped[date | None] = _counted(
        Date,
        ja="死亡日",
        en="Died on",
        required=Stage.OUTCOME,
        aliases=("死亡年月日",),
        source="別紙3 R65; 入力項目 R89; 発生届 17",
    )
    has_underlying_condition: Mapped[str | None] = _tri_state(
        ja="基礎疾患の有無",
        en="Underlying condition",
        source="別紙3 R66; 入力項目 R86",
    )
    underlying_conditions: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="基礎疾患の種類",
        en="Underlying conditions",
        codes=UNDERLYING_CONDITION,
        aliases=("基礎疾患",),
        source="別紙3 R66; 入力項目 R86; 発生届 19（2021年2月）",
    )
    underlying_note: Mapped[str | None] = _words(
        ja="基礎疾患の詳細", en="Underlying conditions: details", source="別紙3 R66"
    )
    immunosuppressed: Mapped[str | None] = _tri_state(
        ja="免疫抑制剤の使用有無",
        en="Immunosuppressants",
        source="別紙3 R66; 発生届 19（2021年2月）",
    )
    pregnant: Mapped[str | None] = _tri_state(
        ja="妊娠の有無", en="Pregnant", source="別紙3 R66; 発生届 19（2021年2月）"
    )
    pregnancy_weeks: Mapped[int | None] = _clinical(
        Integer,
        ja="妊娠週数",
        en="Weeks of pregnancy",
        unit=Label("週", "weeks"),
        minimum=0,
        maximum=45,
        source="別紙3 R66",
    )
    smoking: Mapped[str | None] = _clinical(
        String(8), ja="喫煙の有無", en="Smoking", codes=SMOKING, source="別紙3 R66"
    )
    body_mass_index: Mapped[float | None] = _clinical(
        Numeric(4, 1), ja="BMI", en="Body mass index", minimum=8, maximum=100, source="別紙3 R66"
    )
    clinical_course: Mapped[str | None] = _words(
        ja="診断前の臨床経過・治療内容・その他特記事項等",
        en="Course before diagnosis, treatment, other notes",
        source="別紙3 R67; 添付1 31・38",
    )
    remarks: Mapped[str | None] = _words(
        ja="備考",
        en="Remarks",
        entered_by=(Enterer.HEALTH_CENTRE, Enterer.CLINIC),
        source="オープンデータ 備考",
    )
