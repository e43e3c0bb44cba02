"""The items of the 発生届 that only the form of COVID-19 asks (18③, 19)."""

from datetime import date
from functools import partial

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped

from app.cases.codes import SEVERITY, UNDERLYING_CONDITION
from app.core.db import CodeSet
from app.core.items import Stage
from app.core.labels import Label
from app.notifications.codes import VACCINE_MAKER
from app.notifications.form_items import clinical, tri_state, words

_VACCINATION = "発生届 18③（2021年2月）"
_dose = partial(tri_state, source=_VACCINATION)
_dose_on = partial(clinical, Date, source=_VACCINATION)
_dose_maker = partial(clinical, String(16), codes=VACCINE_MAKER, source=_VACCINATION)


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

    hospitalised_at_notification: Mapped[str | None] = tri_state(
        ja="届出時点の入院の有無",
        en="In hospital at notification",
        required=Stage.NOTIFICATION,
        source="入力項目 R97; 発生届 19",
    )
    admitted_on: Mapped[date | None] = clinical(
        Date, ja="入院年月日", en="Admitted on", source="発生届 19"
    )
    risk_factors: Mapped[tuple[str, ...] | None] = clinical(
        CodeSet,
        ja="重症化のリスク因子となる疾病等",
        en="Risk factors for severe disease",
        codes=UNDERLYING_CONDITION,
        source="発生届 19（2021年2月）",
    )
    immunosuppressed: Mapped[str | None] = tri_state(
        ja="免疫の機能が低下しているおそれの有無",
        en="Possibly immunosuppressed",
        hint=Label(
            "臓器の移植、免疫抑制剤、抗がん剤等の使用その他の事由による",
            "Organ transplant, immunosuppressants, anticancer drugs or other reasons",
        ),
        source="発生届 19（2021年2月）",
    )
    pregnant: Mapped[str | None] = tri_state(
        ja="妊娠の有無", en="Pregnant", source="発生届 19（2021年2月）"
    )
    severity: Mapped[str | None] = clinical(
        String(16), ja="重症度", en="Severity", codes=SEVERITY, source="発生届 19（2021年2月）"
    )
    needs_hospital: Mapped[str | None] = tri_state(
        ja="入院の必要性の有無", en="Needs hospital care", source="発生届 19（2021年2月）"
    )
    telemedicine: Mapped[str | None] = tri_state(
        ja="電話・情報通信機器を用いた診療の有無",
        en="Seen by telephone or video",
        source="発生届 19（2021年2月）",
    )
    remarks: Mapped[str | None] = words(
        ja="医師が必要と認める事項",
        en="Matters the doctor holds necessary",
        aliases=("備考",),
        source="発生届 19",
    )
