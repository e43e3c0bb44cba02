"""Text copied from a spreadsheet becomes rows of the grid of contacts; nothing of it is lost.

Columns are recognised by their headings (those of 添付3-2, the portal's own, and what people
also write); without headings they stand in the order of the grid. A column nobody knows goes
into the remarks under its heading.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.contacts.models import Contact, ContactExposure
from app.core.items import Item, item_of
from app.core.japanese import normalise
from app.core.labels import Label
from app.core.problems import InputProblem
from app.persons.models import Person

Row = dict[str, str]
MOST_ROWS = 500

_ITEMS: Final = (
    (Person, ("name", "kana", "birth_on")),
    (Contact, ("age_years", "sex")),
    (Person, ("mobile_phone", "address")),
    (ContactExposure, ("relation", "exposed_on", "setting")),
    (Contact, ("has_underlying_condition", "fell_ill")),
)
ITEMS: Final[Mapping[str, Item]] = {
    name: item_of(model, name) for model, names in _ITEMS for name in names
} | {"remarks": item_of(Contact, "remarks")}
SYMPTOMS = "symptoms"
COLUMNS: Final[tuple[str, ...]] = (*(n for n in ITEMS if n != "remarks"), SYMPTOMS, "remarks")
"""The columns of the grid, in its order."""
_SYMPTOMS_LABEL = Label("症状", "Symptoms")
_PLAIN_ORDER = tuple(
    name
    for name in COLUMNS
    if name not in {"age_years", "address", "has_underlying_condition", "fell_ill"}
)
"""Without headings: one column for the birth date or the age, and the key items alone."""
_ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("名前", "接触者氏名", "観察対象者氏名", "対象者氏名"),
    "kana": ("よみがな", "ふりがな", "フリガナ", "カナ", "氏名カナ"),
    "birth_on": ("生年月日", "生年月日/年齢", "生年月日・年齢", "年齢・生年月日"),
    "age_years": ("年齢", "歳"),
    "sex": ("性",),
    "mobile_phone": ("電話番号", "電話", "TEL", "連絡先", "携帯", "携帯電話"),
    "address": ("住所", "居住地"),
    "relation": ("続柄", "関係", "続柄(関係)", "患者との関係"),
    "exposed_on": ("最終接触日", "接触日", "最終接触年月日"),
    "setting": ("場面", "接触場面", "接触状況の場面"),
    "has_underlying_condition": ("基礎疾患",),
    "fell_ill": ("発症", "発症の有無", "観察期間内の発症"),
    SYMPTOMS: ("症状", "現在の症状"),
    "remarks": ("備考", "備考(接触状況等)", "メモ"),
}
_COUNTED = frozenset({"番号", "no", "no.", "#", "接触者番号", "№"})
"""Headings of a column that only counts the rows."""
_AGE = re.compile(r"[0-9]{1,3}(歳|才)?")
_FAMILY = frozenset(
    [
        "妻",
        "夫",
        "配偶者",
        "子",
        "長男",
        "次男",
        "三男",
        "長女",
        "次女",
        "三女",
        "息子",
        "娘",
        "父",
        "母",
        "兄",
        "弟",
        "姉",
        "妹",
        "祖父",
        "祖母",
        "孫",
        "同居",
    ]
)


def label_of(column: str) -> str:
    """The heading of a column, for the reader."""
    return str(_SYMPTOMS_LABEL if column == SYMPTOMS else ITEMS[column].label)


def rows_of(text: str) -> list[Row]:
    """The rows of pasted text, by column of the grid; blank rows are left out."""
    cells = [row for row in csv.reader(io.StringIO(text), delimiter="\t") if any(map(_said, row))]
    if not cells:
        return []
    known = [_column_called(heading) for heading in cells[0]]
    # One known word may be a name by chance; two are headings.
    if sum(column is not None for column in known) >= 2:
        return [_under_headings(row, cells[0], known) for row in cells[1:]]
    return [_in_plain_order(row) for row in cells]


def plain(text: str) -> str:
    """A word as words are compared: one width, no spaces."""
    try:
        return normalise(text).replace(" ", "").lower()
    except InputProblem:
        return text.strip()


def settled(row: Mapping[str, str]) -> Row:
    """The row as the form reads it: an age among birth dates, a kinship, symptoms as words."""
    found = {column: row.get(column, "").strip() for column in COLUMNS}
    if _AGE.fullmatch(plain(found["birth_on"])) and not found["age_years"]:
        found["age_years"], found["birth_on"] = found["birth_on"], ""
    found["age_years"] = re.sub(r"[歳才]$", "", plain(found["age_years"]))
    notes = [found["remarks"]]
    if plain(found["relation"]) in _FAMILY:
        notes.append(f"続柄：{found['relation']}")
        found["relation"] = "household"
    symptoms = found.pop(SYMPTOMS)
    answer = {
        "なし": "no",
        "無": "no",
        "無し": "no",
        "あり": "yes",
        "有": "yes",
        "有り": "yes",
    }.get(plain(symptoms))
    if answer and not found["fell_ill"]:
        found["fell_ill"] = answer
    elif symptoms:
        notes.append(f"症状：{symptoms}")
    found["remarks"] = "\n".join(note for note in notes if note)
    return found


def _under_headings(
    row: Sequence[str], headings: Sequence[str], known: Sequence[str | None]
) -> Row:
    found: Row = {}
    notes: list[str] = []
    for place, text in enumerate(row):
        column = known[place] if place < len(known) else None
        heading = headings[place].strip() if place < len(headings) else ""
        if not _said(text) or plain(heading) in _COUNTED:
            continue
        if column is None or found.get(column):
            notes.append(f"{heading}：{text.strip()}" if heading else text.strip())
        else:
            found[column] = text.strip()
    return _with_notes(found, notes)


def _in_plain_order(row: Sequence[str]) -> Row:
    found = {
        column: text.strip() for column, text in zip(_PLAIN_ORDER, row, strict=False) if _said(text)
    }
    return _with_notes(found, [text.strip() for text in row[len(_PLAIN_ORDER) :] if _said(text)])


def _with_notes(found: Row, notes: Sequence[str]) -> Row:
    if notes:
        found["remarks"] = "\n".join(filter(None, [found.get("remarks", ""), *notes]))
    return found


def _column_called(heading: str) -> str | None:
    return _HEADINGS.get(plain(heading))


def _said(text: str) -> bool:
    return bool(text.strip())


def _headings() -> dict[str, str]:
    named: dict[str, str] = {}
    for column in COLUMNS:
        words = list(_ALSO_CALLED.get(column, ()))
        if column in ITEMS:
            item = ITEMS[column]
            words += [item.label.ja, item.label.en, *item.aliases]
        for word in words:
            named.setdefault(plain(word), column)
    return named


_HEADINGS: Final = _headings()
