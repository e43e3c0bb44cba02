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
    SPECIMEN,
    SYMPTOM,
    TEST_METHOD,
)
from app.core.db import CodeSet
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import NOTIFICATION
from app.notifications.codes import (
    CERTAINTY,
    GROUND,
    INFECTION_AREA,
    INFECTION_ROUTE,
)

_by_clinic = partial(item, section=NOTIFICATION, entered_by=(Enterer.CLINIC,))
clinical = partial(_by_clinic, privacy=Privacy.CLINICAL)
tri_state = partial(clinical, String(8), codes=YES_NO_UNKNOWN)
_counted = partial(_by_clinic, privacy=Privacy.EPIDEMIOLOGICAL)
_work = partial(_by_clinic, privacy=Privacy.OPERATIONAL)
words = partial(_by_clinic, Text, privacy=Privacy.IDENTIFYING)
_needed = partial(tri_state, required=Stage.NOTIFICATION, source="発生届 13（2022年9月26日）")
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
    grounds: Mapped[tuple[str, ...] | None] = clinical(
        CodeSet,
        ja="届出の対象となる理由",
        en="Ground of the notification",
        codes=GROUND,
        required=Stage.NOTIFICATION,
        hint=Label(
            "2022年9月26日以降の診断は、いずれかに該当する方だけが届出の対象です。",
            "From 26 September 2022 only these are notified one by one.",
        ),
        source="発生届（2022年9月26日）",
    )
    body_examined: Mapped[str | None] = tri_state(
        ja="死体検案の有無",
        en="Post-mortem examination",
        required=Stage.NOTIFICATION,
        source="別紙3 R78",
    )
    body_examined_on: Mapped[date | None] = clinical(
        Date,
        ja="死体検案を実施した日",
        en="Post-mortem examination on",
        required=Stage.NOTIFICATION,
        source="別紙3 R78; 発生届 14",
    )


class FormDiagnosis:
    """Symptoms and the grounds of the diagnosis (11, 12)."""

    symptoms: Mapped[tuple[str, ...] | None] = clinical(
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
    oxygen_saturation: Mapped[int | None] = clinical(
        Integer,
        ja="酸素飽和度（室内気）",
        en="Oxygen saturation (room air)",
        unit=Label("％", "%"),
        minimum=50,
        maximum=100,
        source="発生届 11（2021年2月）",
    )
    diagnosis_methods: Mapped[tuple[str, ...] | None] = clinical(
        CodeSet,
        ja="診断方法",
        en="Diagnosis methods",
        codes=TEST_METHOD,
        required=Stage.NOTIFICATION,
        source="別紙3 R79; 入力項目 R97; 発生届 12",
    )
    specimens: Mapped[tuple[str, ...] | None] = clinical(
        CodeSet,
        ja="検体の種類",
        en="Specimens",
        codes=SPECIMEN,
        required=Stage.NOTIFICATION,
        source="別紙3 R79; 発生届 12",
    )
    specimens_other: Mapped[str | None] = _by_clinic(
        String(200),
        privacy=Privacy.IDENTIFYING,
        ja="その他の検体",
        en="Other specimens",
        source="発生届 12",
    )
    treatment_needed: Mapped[str | None] = _needed(
        ja="治療薬の投与の必要性", en="Needs a drug for COVID-19"
    )
    oxygen_needed: Mapped[str | None] = _needed(
        ja="新たな酸素投与の必要性", en="Needs oxygen newly"
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
    route_detail: Mapped[str | None] = words(
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
    area_detail: Mapped[str | None] = words(
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
