"""The choices of the forms as ticked boxes, in the paper's order and wording (items 1–19)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.cases.codes import (
    DIAGNOSIS_TYPE,
    SEVERITY,
    SEX,
    SPECIMEN,
    SYMPTOM,
    TEST_METHOD,
    TEST_RESULT,
    UNDERLYING_CONDITION,
)
from app.core.labels import YES_NO_UNKNOWN, CodeList
from app.notifications.codes import CERTAINTY, GROUND, INFECTION_ROUTE, VACCINE_MAKER
from app.notifications.entry_form import PREFECTURES, Options
from app.notifications.layout import FORM_2020, FORM_2021, FORM_2022, GENERAL
from app.notifications.paper_text import era_date

Box = dict[str, Any]
_AIRWAY: Final = (
    "sputum",
    "tracheal_aspirate",
    "bal_fluid",
    "throat_swab",
    "nasal_aspirate",
    "nasal_swab",
    "nasopharyngeal_swab",
    "stool",
    "saliva",
    "autopsy_material",
    "other",
)
METHODS: Final = {
    "isolation": ("分離・同定による病原体の検出", _AIRWAY),
    "nucleic_acid": ("検体から核酸増幅法（PCR法・LAMP法など）による病原体遺伝子の検出", _AIRWAY),
    "antigen_qualitative": (
        "抗原定性検査による病原体の抗原の検出",
        ("nasal_swab", "nasopharyngeal_swab"),
    ),
    "antigen_quantitative": (
        "抗原定量検査による病原体の抗原の検出",
        ("nasal_swab", "nasopharyngeal_swab", "saliva"),
    ),
}
"""Item 12: the method's wording and the specimens printed after it."""
_RISKS: Final = (
    "malignancy",
    "copd",
    "kidney",
    "hypertension",
    "diabetes",
    "dyslipidaemia",
    "obesity",
    "smoking_history",
    "other",
)
_SEVERITIES: Final = ("mild", "moderate_1", "moderate_2", "severe")
_YES_NO: Final = ("yes", "no")


def boxes_of(values: Mapping[str, Any], version: str, options: Options = ()) -> dict[str, Any]:
    """Every group of boxes by the name of its item, for a version of the form; ``options`` are
    those of the disease where it is the form of another one than COVID-19."""
    groups: dict[str, Any] = {
        "diagnosis_type": _boxes(values, "diagnosis_type", DIAGNOSIS_TYPE),
        "sex": _boxes(values, "sex", SEX, ("male", "female")),
        "route_certainty": _boxes(values, "route_certainty", CERTAINTY),
        "domestic": _box("日本国内", on=values.get("infection_area") == "domestic"),
        "abroad": _box("国外", on=values.get("infection_area") == "abroad"),
        "area_certainty": _boxes(values, "area_certainty", CERTAINTY),
        "prefecture": _prefecture(values),
    }
    if version == GENERAL:
        return groups | _of_a_disease(values, options)
    groups |= _of_2020(values)
    groups |= _of_2021(values) if version != FORM_2020 else {}
    return groups | (_of_2022(values) if version == FORM_2022 else {})


def printed_choices(version: str) -> frozenset[str]:
    """The items that stand on the form as boxes."""
    return _EVERYWHERE | _ON_FORM[version]


def _of_a_disease(values: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """11, 12 and 18① as registered for a disease; empty where its words are written freely."""
    tests: tuple[Mapping[str, Any], ...] = tuple(values["lab_tests"])
    test = tests[0] if tests else {}
    groups: dict[str, Any] = {
        group: _offered(values, item, codes, kind, options)
        for group, (item, codes, kind) in _REGISTERED.items()
    }
    return groups | {
        "sample": {
            "day": era_date(test.get("collected_on")),
            "result": _boxes(test, "result", TEST_RESULT, ("positive", "negative")),
        }
    }


def _offered(
    values: Mapping[str, Any], item: str, codes: CodeList, kind: str, options: Options
) -> list[Box]:
    offered = tuple(dict.fromkeys(value for k, _method, value in options if k == kind))
    chosen = tuple(value for value in _chosen(values, item) if value != "other" or offered)
    return _boxes({item: chosen}, item, codes, offered) if offered or chosen else []


_REGISTERED: Final = {
    "symptoms": ("symptoms", SYMPTOM, "symptom"),
    "methods": ("diagnosis_methods", TEST_METHOD, "method"),
    "specimens": ("specimens", SPECIMEN, "specimen"),
    "routes": ("infection_route", INFECTION_ROUTE, "route"),
}


def _of_2020(values: Mapping[str, Any]) -> dict[str, Any]:
    """What every form of COVID-19 asks."""
    routes = _chosen(values, "infection_route")
    return {
        "symptoms": _boxes(values, "symptoms", SYMPTOM),
        "methods": [_method(values, name) for name in METHODS],
        "other_method": _box("その他の方法", on="other" in _tested(values)),
        "other_test": _other_test(values),
        "droplet": _box("飛沫・飛沫核感染", on="droplet" in routes),
        "contact": _box("接触感染", on="contact" in routes),
        "other_route": _box("その他", on="other" in routes),
        "hospitalised": _boxes(values, "hospitalised_at_notification", YES_NO_UNKNOWN, _YES_NO),
    }


def _of_2022(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of 26 September 2022 added: the four groups and the need for treatment."""
    return {"grounds": _boxes(values, "grounds", GROUND)} | {
        name: _boxes(values, name, YES_NO_UNKNOWN, _YES_NO) for name in _NEEDED
    }


def _of_2021(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of 10 February 2021 added."""
    saturation = values.get("oxygen_saturation")
    risks = values.get("risk_factors")
    given = None if risks is None else ("yes" if risks else "no")
    asked = {"risk": given} | {name: values.get(name) for name in _ASKED}
    groups: dict[str, Any] = {
        name: _boxes({name: answer}, name, YES_NO_UNKNOWN, _YES_NO)
        for name, answer in asked.items()
    }
    return groups | {
        "saturation": "" if saturation is None else str(saturation),
        "risk_factors": _boxes(values, "risk_factors", UNDERLYING_CONDITION, _RISKS),
        "severity": _boxes(values, "severity", SEVERITY, _SEVERITIES),
        "doses": [_dose(values, number) for number in (1, 2, 3)],
    }


_NEEDED: Final = ("treatment_needed", "oxygen_needed")
_EVERYWHERE: Final = frozenset(
    {
        *("diagnosis_type", "sex", "symptoms", "infection_route", "route_certainty"),
        *("infection_area", "area_certainty"),
    }
)
_DOSES: Final = {f"dose{number}{part}" for number in (1, 2, 3) for part in ("", "_on", "_maker")}
_ASKED: Final = ("immunosuppressed", "pregnant", "needs_hospital", "telemedicine")
_SINCE_2020: Final = frozenset({"hospitalised_at_notification"})
_SINCE_2021: Final = (
    _SINCE_2020 | _DOSES | {*_ASKED, "oxygen_saturation"} | {*("risk_factors", "severity")}
)
_ON_FORM: Final = {
    FORM_2020: _SINCE_2020,
    FORM_2021: _SINCE_2021,
    FORM_2022: _SINCE_2021 | {"grounds", *_NEEDED},
    GENERAL: frozenset({"specimens"}),
}


def _dose(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    name = f"dose{number}"
    maker = values.get(f"{name}_maker")
    return {
        "number": number,
        "given": _boxes(values, name, YES_NO_UNKNOWN),
        "maker": "" if maker is None else _ja(VACCINE_MAKER, maker),
        "day": era_date(values.get(f"{name}_on")),
    }


def _method(values: Mapping[str, Any], method: str) -> dict[str, Any]:
    wording, specimens = METHODS[method]
    test = _tested(values).get(method, {})
    return {
        "box": _box(wording, on=method in _tested(values)),
        "specimens": _boxes(test, "specimen", SPECIMEN, specimens),
        "day": era_date(test.get("collected_on")),
        "result": _boxes(test, "result", TEST_RESULT, ("positive", "negative")),
    }


def _other_test(values: Mapping[str, Any]) -> str:
    """The specimen, day and result of a method the form has no line for."""
    test = _tested(values).get("other", {})
    day = test.get("collected_on")
    words = [
        _ja(SPECIMEN, test["specimen"]) if test.get("specimen") else "",
        era_date(day) if day else "",
        _ja(TEST_RESULT, test["result"]) if test.get("result") else "",
    ]
    return "、".join(word for word in words if word)


def _tested(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {test["method"]: test for test in values["lab_tests"]}


def _prefecture(values: Mapping[str, Any]) -> str:
    code = values.get("area_prefecture_code")
    return "" if code is None else _ja(PREFECTURES, code)


def _boxes(
    values: Mapping[str, Any], name: str, codes: CodeList, printed: Iterable[str] = ()
) -> list[Box]:
    """The printed choices; one that was chosen though the form does not print it stands last."""
    chosen = _chosen(values, name)
    shown = tuple(printed) or codes.values
    extra = tuple(value for value in chosen if value not in shown)
    return [_box(_ja(codes, value), on=value in chosen) for value in (*shown, *extra)]


def _chosen(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _ja(codes: CodeList, value: str) -> str:
    return next((code.label.ja for code in codes if code.value == value), value)


def _box(label: str, *, on: bool) -> Box:
    return {"label": label, "on": on}
