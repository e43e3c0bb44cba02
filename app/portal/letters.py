"""The invitation on paper: one A4 page with a QR code, without a name and without a number."""

import io
import json
from importlib.resources import files
from pathlib import Path

import pylopdf_fonts_jp
import segno
import typst

from app.institutions.models import Institution
from app.messaging.languages import LANGUAGES, P, html_code, speaker
from app.portal.models import PatientLink
from app.portal.tokens import address_of

_TITLE = P("Daily health report")
_READ = P("Please read this code with your phone.")
_TYPE = P("Or type this address:")
_OPENS = P("The page opens with your date of birth.")
_DAILY = P("Please tell us how you feel every day, also for your family.")
# Scripts the embedded fonts do not hold: such a letter is written in easy Japanese and English.
_WITHOUT_FONT = frozenset({"ne", "th", "my", "ko", "zh_Hans", "zh_Hant"})


def write_letter(link: PatientLink, centre: Institution, path: Path) -> None:
    """One PDF of one page in the language of the link and in Japanese."""
    address = address_of(link.id, link.generation)
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2)
    said = {
        "address": address,
        "qr": drawing.getvalue().decode(),
        "centre": centre.name,
        "phone": centre.phone or "",
        "texts": [_texts(language) for language in _languages(link.language)],
    }
    typst.compile(
        str(files("app.portal") / "letter.typ"),
        output=str(path),
        font_paths=[str(pylopdf_fonts_jp.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(said, ensure_ascii=False)},
    )


def _languages(language: str) -> list[str]:
    if language == "ja":
        return ["ja"]
    if language in _WITHOUT_FONT or language not in LANGUAGES:
        return ["ja_Hira", "en"]
    return list(dict.fromkeys([language, "ja"]))


def _texts(language: str) -> dict[str, str]:
    say = speaker(language)
    return {
        "lang": html_code(language).split("-")[0],
        "title": say(_TITLE),
        "read": say(_READ),
        "type": say(_TYPE),
        "opens": say(_OPENS),
        "daily": say(_DAILY),
    }
