"""The printed items of 別記様式6-1, in the order and with the numbers of the form.

Items that belong to the person or the case (2–10, 13–17) are kept there; the notification's
snapshot carries all of them as they stood at submission.
"""

from datetime import date
from functools import partial

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped

from app.cases.codes import (
    DIAGNOSIS_TYPE,
    SEVERITY,
    SPECIMEN,
    SYMPTOM,
    TEST_METHOD,
    UNDERLYING_CONDITION,
)
from app.core.db import CodeSet
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import NOTIFICATION
from app.notifications.codes import CERTAINTY, INFECTION_AREA, INFECTION_ROUTE, VACCINE_MAKER

_by_clinic = partial(item, section=NOTIFICATION, entered_by=(Enterer.CLINIC,))
_clinical = partial(_by_clinic, privacy=Privacy.CLINICAL)
_tri_state = partial(_clinical, String(8), codes=YES_NO_UNKNOWN)
_counted = partial(_by_clinic, privacy=Privacy.EPIDEMIOLOGICAL)
_work = partial(_by_clinic, privacy=Privacy.OPERATIONAL)
_words = partial(_by_clinic, Text, privacy=Privacy.IDENTIFYING)
_certainty = partial(_counted, String(12), codes=CERTAINTY, required=Stage.NOTIFICATION)


class FormHead:
    """Who notifies, and what kind of case (header, 1)."""

    reported_on: Mapped[date | None] = _counted(
        Date,
        ja="報告年月日",
        en="Date of report",
        required=Stage.NOTIFICATION,
        aliases=("届出日",),
        source="別紙3 R77・R53; 発生届 頭書",
    )
    doctor_name: Mapped[str | None] = _work(
        String(60),
        ja="医師の氏名",
        en="Doctor's name",
        aliases=("届出医師氏名", "担当医師名"),
        source="別紙3 R53; 発生届 頭書",
    )
    institution_name: Mapped[str | None] = _work(
        String(100),
        ja="従事する病院・診療所の名称",
        en="Hospital or clinic",
        aliases=("届出医療機関名",),
        source="別紙3 R53; 発生届 頭書",
    )
    institution_address: Mapped[str | None] = _work(
        String(200),
        ja="病院・診療所の所在地",
        en="Address of the hospital or clinic",
        aliases=("届出医療機関所在地",),
        source="別紙3 R53; 発生届 頭書",
    )
    institution_phone: Mapped[str | None] = _work(
        String(20),
        ja="病院・診療所の電話番号",
        en="Telephone of the hospital or clinic",
        aliases=("届出医療機関電話",),
        source="別紙3 R53; 発生届 頭書",
    )
    diagnosis_type: Mapped[str | None] = _counted(
        String(24),
        ja="診断（検案）した者（死体）の類型",
        en="Type of the person (body) diagnosed",
        codes=DIAGNOSIS_TYPE,
        required=Stage.NOTIFICATION,
        aliases=("診断の類型", "診断分類"),
        source="入力項目 R97・R88; 発生届 1",
    )
    body_examined: Mapped[str | None] = _tri_state(
        ja="死体検案の有無",
        en="Post-mortem examination",
        required=Stage.NOTIFICATION,
        source="別紙3 R78",
    )
    body_examined_on: Mapped[date | None] = _clinical(
        Date,
        ja="死体検案を実施した日",
        en="Post-mortem examination on",
        required=Stage.NOTIFICATION,
        source="別紙3 R78; 発生届 14",
    )


class FormDiagnosis:
    """Symptoms and the grounds of the diagnosis (11, 12)."""

    symptoms: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="診断時の症状",
        en="Symptoms at diagnosis",
        codes=SYMPTOM,
        required=Stage.NOTIFICATION,
        aliases=("症状",),
        source="別紙3 R79; 入力項目 R97; 発生届 11",
    )
    symptoms_other: Mapped[str | None] = _by_clinic(
        String(200),
        privacy=Privacy.IDENTIFYING,
        ja="その他の症状",
        en="Other symptoms",
        aliases=("症状その他",),
        source="別紙3 R79; 発生届 11",
    )
    oxygen_saturation: Mapped[int | None] = _clinical(
        Integer,
        ja="酸素飽和度（室内気）",
        en="Oxygen saturation (room air)",
        unit=Label("％", "%"),
        minimum=50,
        maximum=100,
        source="発生届 11（2021年2月）",
    )
    diagnosis_methods: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="診断方法",
        en="Diagnosis methods",
        codes=TEST_METHOD,
        required=Stage.NOTIFICATION,
        source="別紙3 R79; 入力項目 R97; 発生届 12",
    )
    specimens: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="検体の種類",
        en="Specimens",
        codes=SPECIMEN,
        required=Stage.NOTIFICATION,
        source="別紙3 R79; 発生届 12",
    )
    diagnosis_methods_other: Mapped[str | None] = _by_clinic(
        String(200),
        privacy=Privacy.IDENTIFYING,
        ja="その他の診断方法",
        en="Other diagnosis methods",
        aliases=("診断方法その他",),
        source="発生届 12",
    )


class FormInfection:
    """Route and area of infection (18 ①②)."""

    infection_route: Mapped[tuple[str, ...] | None] = _counted(
        CodeSet,
        ja="感染原因・感染経路",
        en="Cause and route of infection",
        codes=INFECTION_ROUTE,
        required=Stage.NOTIFICATION,
        aliases=("感染経路区分",),
        source="別紙3 R80; 入力項目 R96・R97; 発生届 18①",
    )
    route_certainty: Mapped[str | None] = _certainty(
        ja="感染経路の確定・推定",
        en="Route confirmed or presumed",
        aliases=("感染経路確定推定",),
        source="別紙3 R80; 発生届 18①",
    )
    route_detail: Mapped[str | None] = _words(
        ja="感染源の種類・状況",
        en="Source and circumstances",
        aliases=("感染経路状況",),
        source="別紙3 R80; 発生届 18①",
    )
    infection_area: Mapped[str | None] = _counted(
        String(12),
        ja="感染地域",
        en="Area of infection",
        codes=INFECTION_AREA,
        required=Stage.NOTIFICATION,
        aliases=("感染地域区分",),
        source="別紙3 R80; 入力項目 R97; 発生届 18②",
    )
    area_certainty: Mapped[str | None] = _certainty(
        ja="感染地域の確定・推定",
        en="Area confirmed or presumed",
        aliases=("感染地域確定推定",),
        source="別紙3 R80; 発生届 18②",
    )
    area_prefecture_code: Mapped[str | None] = _counted(
        String(2),
        ja="感染地域（都道府県）",
        en="Area: prefecture",
        reference="Prefecture",
        foreign_key="prefecture.code",
        aliases=("感染地域都道府県",),
        source="発生届 18②",
    )
    area_municipality: Mapped[str | None] = _counted(
        String(60),
        ja="感染地域（市区町村）",
        en="Area: municipality",
        aliases=("感染地域市区町村",),
        source="発生届 18②",
    )
    area_country: Mapped[str | None] = _counted(
        String(60),
        ja="感染地域（国）",
        en="Area: country",
        aliases=("感染国",),
        source="発生届 18②",
    )
    area_detail: Mapped[str | None] = _words(
        ja="感染地域の詳細",
        en="Area: details",
        aliases=("感染詳細地域",),
        source="発生届 18②",
    )
    travel_from_on: Mapped[date | None] = _counted(
        Date, ja="出国日", en="Left Japan on", source="発生届 18②"
    )
    travel_to_on: Mapped[date | None] = _counted(
        Date, ja="入国日", en="Entered Japan on", source="発生届 18②"
    )


_VACCINATION = "発生届 18③（2021年2月）"
_dose = partial(_tri_state, source=_VACCINATION)
_dose_on = partial(_clinical, Date, source=_VACCINATION)
_dose_maker = partial(_clinical, String(16), codes=VACCINE_MAKER, source=_VACCINATION)


class FormVaccination:
    """Vaccination, dose by dose (18 ③, since February 2021)."""

    dose1: Mapped[str | None] = _dose(ja="ワクチン接種歴（1回目）", en="Vaccinated (dose 1)")
    dose1_on: Mapped[date | None] = _dose_on(ja="接種年月日（1回目）", en="Dose 1 given on")
    dose1_maker: Mapped[str | None] = _dose_maker(ja="製造会社（1回目）", en="Maker of dose 1")
    dose2: Mapped[str | None] = _dose(ja="ワクチン接種歴（2回目）", en="Vaccinated (dose 2)")
    dose2_on: Mapped[date | None] = _dose_on(ja="接種年月日（2回目）", en="Dose 2 given on")
    dose2_maker: Mapped[str | None] = _dose_maker(ja="製造会社（2回目）", en="Maker of dose 2")
    dose3: Mapped[str | None] = _dose(ja="ワクチン接種歴（3回目）", en="Vaccinated (dose 3)")
    dose3_on: Mapped[date | None] = _dose_on(ja="接種年月日（3回目）", en="Dose 3 given on")
    dose3_maker: Mapped[str | None] = _dose_maker(ja="製造会社（3回目）", en="Maker of dose 3")


class FormMeasures:
    """What the doctor holds necessary for control and care (19)."""

    hospitalised_at_notification: Mapped[str | None] = _tri_state(
        ja="届出時点の入院の有無",
        en="In hospital at notification",
        required=Stage.NOTIFICATION,
        source="入力項目 R97; 発生届 19",
    )
    admitted_on: Mapped[date | None] = _clinical(
        Date, ja="入院年月日", en="Admitted on", source="発生届 19"
    )
    risk_factors: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="重症化のリスク因子となる疾病等",
        en="Risk factors for severe disease",
        codes=UNDERLYING_CONDITION,
        source="発生届 19（2021年2月）",
    )
    immunosuppressed: Mapped[str | None] = _tri_state(
        ja="免疫の機能が低下しているおそれの有無",
        en="Possibly immunosuppressed",
        hint=Label(
            "臓器の移植、免疫抑制剤、抗がん剤等の使用その他の事由による",
            "Organ transplant, immunosuppressants, anticancer drugs or other reasons",
        ),
        source="発生届 19（2021年2月）",
    )
    pregnant: Mapped[str | None] = _tri_state(
        ja="妊娠の有無", en="Pregnant", source="発生届 19（2021年2月）"
    )
    severity: Mapped[str | None] = _clinical(
        String(16), ja="重症度", en="Severity", codes=SEVERITY, source="発生届 19（2021年2月）"
    )
    needs_hospital: Mapped[str | None] = _tri_state(
        ja="入院の必要性の有無", en="Needs hospital care", source="発生届 19（2021年2月）"
    )
    telemedicine: Mapped[str | None] = _tri_state(
        ja="電話・情報通信機器を用いた診療の有無",
        en="Seen by telephone or video",
        source="発生届 19（2021年2月）",
    )
    remarks: Mapped[str | None] = _words(
        ja="医師が必要と認める事項",
        en="Matters the doctor holds necessary",
        aliases=("備考",),
        source="発生届 19",
    )
