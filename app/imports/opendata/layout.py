"""The open-data layout of positive persons (陽性患者属性), its local variants, heading by heading.

Source: 新型コロナウイルス感染症対策に関するオープンデータ項目定義書 (政府CIO); Tokyo's columns
曜日, 患者_属性, 確定_年月日, 患者_接触歴の有無フラグ and 退院済フラグ.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cases.models import Case
from app.core.items import item_of

KEY, LG_CODE, CITY = "No", "全国地方公共団体コード", "市区町村名"
STATE, DISCHARGED, SYMPTOMS = "患者_状態", "患者_退院済フラグ", "患者_症状"

ITEMS: Mapping[str, str] = {
    "都道府県名": "prefecture_code",
    "公表_年月日": "published_on",
    "発症_年月日": "onset_on",
    "確定_年月日": "diagnosed_on",
    "患者_居住地": "residence",
    "患者_年代": "age_group",
    "患者_性別": "sex",
    "患者_職業": "occupation_detail",
    STATE: "severity",
    SYMPTOMS: "symptoms_other",
    "患者_渡航歴の有無フラグ": "travelled",
    "患者_接触歴の有無フラグ": "link_known",
    "備考": "remarks",
}
"""Standard heading → item of the case; the item's label and aliases are accepted as well."""
LOCAL: Mapping[str, str] = {
    "退院済フラグ": DISCHARGED,
    "患者_属性": "患者_職業",
    "番号": KEY,
    "団体コード": LG_CODE,
}
NOT_IMPORTED: Mapping[str, str] = {"曜日": "the weekday follows from the date"}
REQUIRED = (KEY, "公表_年月日", "都道府県名")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each heading of the layout stands in a file.

    ``headings`` maps the standard heading to the heading as written in the file, ``unused``
    lists headings that are not imported, with the reason; ``width`` counts all of them.
    """

    positions: Mapping[str, int]
    headings: Mapping[str, str]
    unused: Mapping[str, str]
    twice: tuple[str, ...]
    width: int

    @property
    def is_header(self) -> bool:
        """True when every required heading was found."""
        return all(name in self.positions for name in REQUIRED)


def columns_of(cells: Sequence[str]) -> Columns:
    """Read a row as headings; anything not known is listed, never interpreted."""
    positions: dict[str, int] = {}
    headings: dict[str, str] = {}
    unused: dict[str, str] = {}
    twice = []
    for position, cell in enumerate(cells):
        written = cell.strip()
        standard = _STANDARD.get(_folded(written))
        if standard is None:
            if written:
                unused[written] = NOT_IMPORTED.get(written, "this heading is not known")
        elif standard in positions:
            twice.append(written)
        else:
            positions[standard] = position
            headings[standard] = written
    return Columns(positions, headings, unused, tuple(twice), len(cells))


def _folded(heading: str) -> str:
    """Headings meet whatever the width of their signs, with and without ``_`` and blanks."""
    return re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", heading)).casefold()


def _spellings() -> dict[str, str]:
    found = {_folded(name): name for name in (KEY, LG_CODE, CITY, DISCHARGED, *ITEMS)}
    found |= {_folded(local): standard for local, standard in LOCAL.items()}
    for standard, name in ITEMS.items():
        declared = item_of(Case, name)
        for spelling in (declared.label.ja, *declared.aliases):
            found.setdefault(_folded(spelling), standard)
    return found


_STANDARD = _spellings()
