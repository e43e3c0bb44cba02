"""The files of a publication, made from its frozen content alone.

Columns and names: 新型コロナウイルス感染症対策に関するオープンデータ項目定義書 (政府CIO). UTF-8 with BOM.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.harmless_cells import harmless

FIGURES = "figures.json"
_PLACE = ("全国地方公共団体コード", "都道府県名", "市区町村名")
PATIENT_COLUMNS = (
    "No",
    *_PLACE,
    "公表_年月日",
    "発症_年月日",
    "患者_居住地",
    "患者_年代",
    "患者_性別",
    "患者_職業",
    "患者_状態",
    "患者_症状",
    "患者_渡航歴の有無フラグ",
    "患者_退院済フラグ",
    "備考",
)


@dataclass(frozen=True, slots=True)
class CountFile:
    """A file of one number a day."""

    ending: str
    day: str
    heading: str
    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the standard."""
        return (self.day, *_PLACE, self.heading, "備考")


COUNT_FILES = (
    CountFile("test_people", "実施_年月日", "検査実施_人数", "people_tested"),
    CountFile("test_count", "実施_年月日", "検査実施_件数", "tests"),
    CountFile("confirm_negative", "完了_年月日", "陰性確認_件数", "cleared"),
    CountFile("call_center", "受付_年月日", "相談件数", "calls"),
)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file ready to be given out."""

    name: str
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


def made_from(content: Mapping[str, Any]) -> Iterator[MadeFile]:
    """Every file there is something for; a number nobody entered makes no file."""
    stem = f"{content['area']['code']}_{content['area']['romaji']}_covid19"
    yield MadeFile(f"{stem}_patients.csv", _csv(PATIENT_COLUMNS, _patients(content)))
    for one in COUNT_FILES:
        rows = list(_counts(content, one))
        if rows:
            yield MadeFile(f"{stem}_{one.ending}.csv", _csv(one.columns, rows))
    shown = {key: value for key, value in content.items() if key != "patients"}
    text = json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True)
    yield MadeFile(f"{stem}_{FIGURES}", text.encode())


def absent_from(content: Mapping[str, Any]) -> list[CountFile]:
    """The files of the standard that this publication has no numbers for."""
    return [one for one in COUNT_FILES if not list(_counts(content, one))]


def _patients(content: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    place = _place(content)
    for number, day, residence, age, sex in content["patients"]:
        yield (str(number), *place, day, "", residence, age, sex, *[""] * 6)


def _counts(content: Mapping[str, Any], one: CountFile) -> Iterator[Sequence[str]]:
    place = _place(content)
    for row in content["counts"]:
        if row[one.name] is not None:
            yield (row["day"], *place, str(row[one.name]), "")


def _place(content: Mapping[str, Any]) -> tuple[str, str, str]:
    area = content["area"]
    return area["code"], area["prefecture"], area["municipality"]


def _csv(columns: Sequence[str], rows: Any) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()
