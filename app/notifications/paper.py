"""別記様式6-1 on paper, filled in from a snapshot or blank: one A4 page that survives a fax.

The wording is that of the official form and therefore Japanese in every language of the portal.
What a cell cannot hold is cut there and written out on a sheet that follows, never left out.
"""

import io
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

import segno

from app.core.dates import ERAS, format_instant
from app.core.pdf import compile_pdf
from app.generated.cells import text_of
from app.institutions.models import Institution
from app.notifications.codes import FORM_VERSION
from app.notifications.document import values_of
from app.notifications.entry_form import item_of_line, label_of_line
from app.notifications.layout import FORM_2020, FORM_2021, GENERAL, LINES
from app.notifications.models import Notification
from app.notifications.paper_boxes import boxes_of, printed_choices
from app.notifications.paper_code import PaperCode
from app.notifications.paper_text import Sheet, era_date

PRINTED: Final = (FORM_2020, FORM_2021)
"""The versions of the official form that are printed; a later snapshot stands on the last."""
_TITLE = "新型コロナウイルス感染症"
_ERAS = "・".join(era.name for era in ERAS)


def filled_form(notification: Notification) -> bytes:
    """The PDF of a submitted notification, read from its snapshot and nothing else.

    Raises:
        ValueError: it has no snapshot (a draft).
    """
    snapshot = notification.snapshot
    if not snapshot:
        raise ValueError("only what was submitted can be printed")
    values, names = values_of(snapshot), snapshot.get("names", {})
    page = _page(
        values,
        version=snapshot["form_version"],
        title=names.get("disease", _TITLE),
        code=PaperCode("notification", notification.id, notification.version),
        origin=f"発生届 第{notification.id}号（第{notification.version}版）"
        f"　{format_instant(notification.submitted_at)} 電子届出",
    )
    return compile_pdf(files("app.notifications") / "paper.typ", {"page": page})


def blank_form(version: str, clinic: Institution | None, serial: int) -> bytes:
    """The PDF of an empty form; issued to a clinic it carries the clinic's particulars.

    Args:
        serial: of the day of issue, see ``paper_code.serial_on``.
    """
    values: dict[str, Any] = {"lab_tests": ()}
    origin = "（機関を特定しない様式）"
    code = None
    if clinic is not None:
        values["institution_name"] = clinic.name
        values["institution_address"] = clinic.address
        values["institution_phone"] = clinic.phone
        code = PaperCode("blank", clinic.id, serial)
        origin = f"機関コード {clinic.code}　通し番号 {serial}"
    page = _page(values, version=version, title=_TITLE, code=code, origin=origin)
    return compile_pdf(files("app.notifications") / "paper.typ", {"page": page})


def _page(
    values: Mapping[str, Any], *, version: str, title: str, code: PaperCode | None, origin: str
) -> dict[str, Any]:
    """Everything the template draws, in words."""
    sheet = Sheet(values)
    extended = version != FORM_2020
    page: dict[str, Any] = {
        "extended": extended,
        "blank": not values.get("name") and not values.get("diagnosis_type"),
        "title": title,
        "version": FORM_VERSION.label(version if version in PRINTED else FORM_2021),
        "code": "" if code is None else str(code),
        "qr": "" if code is None else _drawing(code),
        "origin": origin,
        "reported_on": era_date(values.get("reported_on")),
        "birth": _birth(values.get("birth_on")),
        "age": _age(values),
    }
    page["text"] = {name: sheet.fitted(name, limit) for name, limit in _CELLS.items()}
    page["text"]["address"] = sheet.address()
    page["phone"] = sheet.cut("電話", sheet.joined("home_phone", "mobile_phone"), 26)
    page["boxes"] = boxes_of(values, sheet, extended=extended)
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
_DAYS: Final = (
    "first_visit_on",
    "infected_on",
    "onset_on",
    "died_on",
    "admitted_on",
    "travel_from_on",
    "travel_to_on",
)


_ELSEWHERE: Final = {
    *("reported_on", "birth_on", "address", "postal_code", "home_phone", "mobile_phone"),
    *("diagnosed_on", "body_examined_on", "institution_id", "responsible_centre_id"),
    *("area_prefecture_code", "diagnosis_methods"),
}


def _write_out(values: Mapping[str, Any], sheet: Sheet, version: str) -> None:
    """What was submitted and has no place on this version of the form stands on the next sheet."""
    choices = printed_choices(extended=version != FORM_2020)
    printed = _ELSEWHERE | set(_CELLS) | set(_DAYS) | choices
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
