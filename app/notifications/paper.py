"""The forms on paper, filled in from a snapshot or blank: one A4 page that survives a fax.

COVID-19 has its 別記様式6-1 in three versions; the other diseases share one sheet with the frame
of items 1–19, on which 11, 12 and 18① are the choices registered for the disease, or room to
write while there are none.

The wording is that of the official form and therefore Japanese in every language of the portal.
What a cell cannot hold is cut there and written out on a sheet that follows, never left out.
"""

import io
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

import segno

from app.core import clock
from app.core.dates import ERAS, format_instant
from app.core.pdf import compile_pdf
from app.generated.cells import text_of
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.notifications.codes import FORM_VERSION
from app.notifications.document import values_of
from app.notifications.entry_form import Options, item_of_line, label_of_line
from app.notifications.layout import (
    COVID_19,
    FORM_2020,
    FORM_2021,
    FORM_2022,
    GENERAL,
    LINES,
    form_version_on,
)
from app.notifications.models import Notification
from app.notifications.paper_boxes import boxes_of, printed_choices
from app.notifications.paper_code import PaperCode, serial_on
from app.notifications.paper_text import Sheet, era_date
from app.notifications.queries import form_options

PRINTED: Final = (FORM_2020, FORM_2021, FORM_2022)
"""The versions of the form of COVID-19."""
_TITLE = "新型コロナウイルス感染症"
_TIMING: Final = {
    "immediately": "この届出は診断後直ちに行ってください。",
    "within_7_days": "この届出は診断から７日以内に行ってください。",
}
_ERAS = "・".join(era.name for era in ERAS)


def filled_form(notification: Notification) -> bytes:
    """The PDF of a submitted notification, read from its snapshot and nothing else.

    Raises:
        ValueError: it has no snapshot (a draft).
    """
    return compile_pdf(files("app.notifications") / "paper.typ", {"page": page_of(notification)})


def page_of(notification: Notification) -> dict[str, Any]:
    """What the template draws of a submitted notification. Raises ValueError for a draft."""
    snapshot = notification.snapshot
    if not snapshot:
        raise ValueError("only what was submitted can be printed")
    values, names = values_of(snapshot), snapshot.get("names", {})
    disease: Disease = notification.disease
    on = values.get("diagnosed_on") or values.get("reported_on") or clock.today()
    return _page(
        values,
        version=snapshot["form_version"],
        title=names.get("disease", disease.name),
        timing=disease.notification_timing,
        options=_options(disease.family, on),
        code=PaperCode("notification", notification.id, notification.version),
        origin=f"発生届 第{notification.id}号（第{notification.version}版）"
        f"　{format_instant(notification.submitted_at)} 電子届出",
    )


def blank_form(
    version: str, clinic: Institution | None, day: date, disease: Disease | None = None
) -> bytes:
    """The PDF of an empty form; issued to a clinic it carries the clinic's particulars.

    Args:
        version: of the form of COVID-19; another ``disease`` has its own.
        day: of issue, which the code carries.
    """
    other = disease is not None and disease.family != COVID_19
    values: dict[str, Any] = {"lab_tests": ()}
    origin = "（機関を特定しない様式）"
    code = None
    if clinic is not None:
        values["institution_name"] = clinic.name
        values["institution_address"] = clinic.address
        values["institution_phone"] = clinic.phone
        serial = serial_on(day)
        code = PaperCode("blank", clinic.id, serial, disease.id if disease and other else 0)
        origin = f"機関コード {clinic.code}　通し番号 {serial}"
    page = _page(
        values,
        version=form_version_on(day, disease.family) if disease and other else version,
        title=disease.name if disease and other else _TITLE,
        timing=disease.notification_timing if disease and other else "immediately",
        options=_options(disease.family, day) if disease else (),
        code=code,
        origin=origin,
    )
    return compile_pdf(files("app.notifications") / "paper.typ", {"page": page})


def _options(family: str, day: date) -> Options:
    """The choices registered for another disease than COVID-19, whose form prints its own."""
    return () if family == COVID_19 else form_options(family, day)


def _page(
    values: Mapping[str, Any],
    *,
    version: str,
    title: str,
    timing: str,
    options: Options,
    code: PaperCode | None,
    origin: str,
) -> dict[str, Any]:
    """Everything the template draws, in words."""
    sheet = Sheet(values)
    page: dict[str, Any] = {
        "extended": version in (FORM_2021, FORM_2022),
        "four-groups": version == FORM_2022,
        "general": version == GENERAL,
        "timing": _TIMING.get(timing, ""),
        "blank": not values.get("name") and not values.get("diagnosis_type"),
        "title": title,
        "version": _VERSION_WORDS[version],
        "code": "" if code is None else str(code),
        "qr": "" if code is None else _drawing(code),
        "origin": origin,
        "reported_on": era_date(values.get("reported_on")),
        "birth": _birth(values.get("birth_on")),
        "age": _age(values),
    }
    cells = _cells(version, options)
    page["text"] = {name: sheet.fitted(name, limit) for name, limit in cells.items()}
    page["text"]["address"] = sheet.address()
    page["phone"] = sheet.cut("電話", sheet.joined("home_phone", "mobile_phone"), 26)
    page["boxes"] = boxes_of(values, version, options)
    page["days"] = {name: era_date(values.get(name)) for name in _DAYS}
    page["days"]["diagnosed_on"] = era_date(
        values.get("diagnosed_on") or values.get("body_examined_on")
    )
    _write_out(values, sheet, version)
    page["more"] = [list(line) for line in sheet.continued()]
    return page


# How much each cell holds, in full-width signs.
_CELLS: Final = {
    "doctor_name": 30,
    "institution_name": 44,
    "institution_address": 44,
    "institution_phone": 18,
    "name": 26,
    "kana": 30,
    "occupation_detail": 18,
    "location_address": 68,
    "location_phone": 14,
    "guardian_name": 24,
    "guardian_address": 38,
    "guardian_phone": 14,
    "symptoms_other": 24,
    "diagnosis_methods_other": 26,
    "route_detail": 64,
    "area_municipality": 20,
    "area_country": 20,
    "area_detail": 40,
    "remarks": 240,
}
# The sheet of the other diseases has room where theirs are written in free words, and less of
# it where choices are printed.
_GENERAL_CELLS: Final = {
    "symptoms_other": 110,
    "diagnosis_methods_other": 90,
    "specimens_other": 20,
    "route_detail": 200,
    "remarks": 480,
}
_FREE_CELLS: Final = {"symptoms_other": 220, "diagnosis_methods_other": 200}
_VERSION_WORDS: Final = {code.value: code.label.ja for code in FORM_VERSION} | {
    GENERAL: "感染症法第12条に基づく届出（各疾病共通の様式）"
}
_DAYS: Final = (
    "first_visit_on",
    "infected_on",
    "onset_on",
    "died_on",
    "admitted_on",
    "travel_from_on",
    "travel_to_on",
)


def _cells(version: str, options: Options) -> dict[str, int]:
    if version != GENERAL:
        return _CELLS
    kinds = {kind for kind, _method, _value in options}
    printed = {"symptoms_other": "symptom", "diagnosis_methods_other": "method"}
    free = {name: limit for name, limit in _FREE_CELLS.items() if printed[name] not in kinds}
    return _CELLS | _GENERAL_CELLS | free


_ELSEWHERE: Final = {
    *(
        "reported_on",
        "birth_on",
        "age_years",
        "address",
        "postal_code",
        "home_phone",
        "mobile_phone",
    ),
    *("diagnosed_on", "body_examined_on", "institution_id", "responsible_centre_id"),
    *("area_prefecture_code", "diagnosis_methods"),
}


def _write_out(values: Mapping[str, Any], sheet: Sheet, version: str) -> None:
    """What was submitted and has no place on this version of the form stands on the next sheet."""
    cells = set(_CELLS) | (set(_GENERAL_CELLS) if version == GENERAL else set())
    printed = _ELSEWHERE | cells | set(_DAYS) | printed_choices(version)
    for name, value in values.items():
        asked = name in LINES and not (LINES[name].only == "general" and version != GENERAL)
        if asked and name not in printed and value not in (None, "", ()):
            item = item_of_line(name)
            sheet.add(label_of_line(name).ja, text_of(item, value))


def _birth(day: date | None) -> str:
    return f"{_ERAS}\n　　　年　　　月　　　日" if day is None else era_date(day)


def _age(values: Mapping[str, Any]) -> str:
    years, months = values.get("age_years"), values.get("age_months")
    if years is None:
        return "　　歳（　　か月）"
    return f"{years}歳（{months}か月）" if years == 0 and months is not None else f"{years}歳"


def _drawing(code: PaperCode) -> str:
    made = io.BytesIO()
    segno.make(code.compact, error="q", micro=False).save(made, kind="svg", border=2)
    return made.getvalue().decode()
