"""The public pages in English: names of places in Roman letters, from the kana of the master data.

What was given out stays as it was given out; only what the page says is in English.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from app.cases.codes import AGE_GROUP
from app.core.db import db
from app.institutions.models import Institution, Prefecture
from app.institutions.rules import InstitutionKind
from app.publication.line_list import SEXES
from app.publication.released import Released
from app.publication.romaji import place_name
from app.security.actor import acting_as, system_actor
from app.statistics.areas import unassigned

_PUBLIC = system_actor("open data")
_WORDS = {code.label.ja: code.label.en for code in AGE_GROUP} | {
    SEXES["male"]: "Male",
    SEXES["female"]: "Female",
    SEXES["other"]: "Other",
}


def names_in(prefecture_codes: set[str]) -> dict[str, str]:
    """Japanese name → English of prefectures, and of the authorities and centres in them."""
    kinds = (InstitutionKind.AUTHORITY.value, InstitutionKind.HEALTH_CENTRE.value)
    wanted = select(Institution.name, Institution.kana).where(
        Institution.prefecture_code.in_(prefecture_codes), Institution.kind.in_(kinds)
    )
    with acting_as(_PUBLIC):
        found = {name: place_name(name, kana or "") for name, kana in db.session.execute(wanted)}
        rows = db.session.execute(select(Prefecture.name, Prefecture.romaji))
        prefectures = {row.name: row.romaji for row in rows}
    with force_locale("ja"):
        nowhere = unassigned().name
    known = {name: words for name, words in found.items() if words}
    return known | prefectures | {nowhere: "Not assigned yet"}


def area_in_english(one: Released, names: Mapping[str, str]) -> Released:
    """The publication with its area in English."""
    return replace(one, area_name=names.get(one.area_name, one.area_name))


def content_in_english(content: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What is shown of the frozen content, its places and classes in English."""
    area, places, ages = content["area"], content["places"], content["ages"]
    rows = [row | {"name": names.get(row["name"], row["name"])} for row in places["rows"]]
    return content | {
        "area": area | {"name": names.get(area["name"], area["name"])},
        "places": places | {"rows": rows},
        "ages": ages
        | {name: [_WORDS.get(word, word) for word in ages[name]] for name in ("groups", "sexes")},
    }
