"""One row of a NESID file: what is read, and which fault is told where. A table, no database."""

from datetime import date
from typing import Any

import pytest

from app.devtools.nesid_file import FAULTY, HEADINGS, Planted, lines
from app.imports.codes import FAULTS
from app.imports.judging import Verdict, decided, judge
from app.imports.mapping import fixed
from app.imports.master import Centre, Masters, Period
from app.imports.nesid import ALSO, LAYOUT
from app.imports.readings import ReadRow
from app.imports.rows import RowReader
from app.tables.reading import RawRow
from tests.imports.nesid import SOUND, row

TODAY = date(2021, 9, 1)
MASTERS = Masters(
    diseases={
        "新型コロナウイルス感染症": [
            Period(date(2020, 2, 1), date(2021, 2, 12), 7),
            Period(date(2021, 2, 13), date(2023, 5, 7), 8),
        ]
    },
    centres={"新宿区保健所": Centre(1, 11, "13"), "千代田区保健所": Centre(2, 12, "13")},
    authorities={"新宿区": 11},
    prefectures={"東京都": "13"},
    municipalities={("13", "新宿区"): "13104"},
    disease_names={},
    institution_names={},
)


def read(cells: dict[str, str], headings: tuple[str, ...] = HEADINGS) -> ReadRow:
    mapping, _twice = fixed(headings, {**ALSO, **LAYOUT})
    reader = RowReader(mapping, len(headings), MASTERS, 1, TODAY)
    return reader.read(RawRow(2, tuple(cells.get(name) or None for name in headings)))


def test_a_sound_row_is_read_in_the_portals_own_terms() -> None:
    found = read(dict(SOUND))
    assert found.faults == []
    wanted = {
        "person.kana": "サトウ ケンイチ",
        "person.birth_on": "1985-05-01",
        "person.home_phone": "03-1234-5678",
        "case.sex": "male",
        "case.symptoms": ["fever", "cough"],
        "case.diagnosed_on": "2020-08-19",
        "case.remarks": "一行目\n二行目",
        "case.accepted_at": "2020-08-19T01:30:00+00:00",
        "test.1": ["nucleic_acid", "saliva", "2020-08-18", "positive"],
        "extra.route": "飛沫・飛沫核感染",
    }
    assert {name: found.values.get(name) for name in wanted} == wanted
    assert (found.key, found.centre_id, found.counted_on) == ("20200001", 1, date(2020, 8, 19))


@pytest.mark.parametrize("planted", FAULTY, ids=[one.kind for one in FAULTY])
def test_every_planted_fault_is_told_by_its_kind(planted: Planted) -> None:
    line = next(lines(1))
    planted.spoil(line)
    assert planted.kind in {fault.kind for fault in read(line).faults}
    assert planted.kind in FAULTS


def test_the_generated_lines_are_sound() -> None:
    assert [fault for line in lines(50) for fault in read(line).faults] == []


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        ("生年月日", "平成32年1月1日", "wrong_era"),
        ("診断年月日", "2020/2/31", "no_such_day"),
        ("診断方法2", "PCR法;唾液;2020/13/1;陽性", "bad_test"),
        ("診断方法2", "PCR法;唾液;2020/8/1;陽性;余り", "bad_test"),
        ("性別", "3", "unknown_code"),
        ("フリガナ", "佐藤", "not_kana"),
        ("氏名", "佐藤\x00", "broken_text"),
        ("患者居住地保健所", "千代田区保健所", "outside_scope"),
    ],
)
def test_a_bad_cell_is_named_by_its_column(heading: str, text: str, kind: str) -> None:
    (fault,) = read(row(**{heading: text})).faults
    assert (fault.kind, HEADINGS[fault.column or 0]) == (kind, heading)


def test_the_sentence_of_a_fault_never_repeats_the_cell() -> None:
    (fault,) = read(row(住所電話="ひみつの番号")).faults
    assert "ひみつ" not in fault.message.ja + fault.message.en


def test_columns_may_stand_in_any_order_and_width() -> None:
    turned = tuple(reversed(HEADINGS))
    wide = tuple(
        name.replace("(", "（").replace(")", "）").replace("ID", "ＩＤ") for name in turned
    )
    cells = {new: SOUND.get(old, "") for new, old in zip(wide, turned, strict=True)}
    assert read(cells, wide).values == read(dict(SOUND)).values


def test_a_heading_that_stands_twice_is_noticed() -> None:
    assert fixed(("登録ID", "氏名", "氏　名"), LAYOUT)[1] == ("氏　名",)


def test_the_disease_is_that_of_the_day() -> None:
    later = row(診断年月日="2021/3/1", 報告年月日="2021/3/1", 届出受理日時="2021/3/1 9:00")
    assert read(row()).disease_id == 7
    assert read(later | {"診断時年齢(歳)": "35"}).disease_id == 8


def test_more_cells_than_headings_are_a_fault() -> None:
    mapping, _twice = fixed(HEADINGS, LAYOUT)
    reader = RowReader(mapping, len(HEADINGS), MASTERS, 1, TODAY)
    cells = (*(SOUND.get(name) for name in HEADINGS), "余り")
    assert [fault.kind for fault in reader.read(RawRow(2, cells)).faults] == ["ragged"]


SEX = "case.sex"


@pytest.mark.parametrize(
    ("file", "portal", "last", "taken", "disputed"),
    [
        ("male", "male", None, {}, {}),
        ("male", "female", "male", {}, {}),
        ("male", "female", "female", {SEX: ["female", "male"]}, {}),
        ("male", None, None, {SEX: [None, "male"]}, {}),
        ("male", "female", None, {}, {SEX: ["female", "male"]}),
        ("male", "female", "other", {}, {SEX: ["female", "male"]}),
        ("male", None, "female", {}, {SEX: [None, "male"]}),
        (None, "female", "female", {}, {}),
    ],
)
def test_three_sides_decide_what_becomes_of_an_item(
    file: Any, portal: Any, last: Any, taken: dict[str, Any], disputed: dict[str, Any]
) -> None:
    verdict = judge({SEX: file}, {SEX: portal}, {SEX: last})
    assert (verdict.taken, verdict.disputed) == (taken, disputed)


@pytest.mark.parametrize(
    ("choice", "written"), [(None, {"a"}), ("ours", {"a"}), ("file", {"a", "b"})]
)
def test_a_disputed_item_is_written_only_if_chosen(choice: str | None, written: set[str]) -> None:
    verdict = Verdict({"a": [1, 2]}, {"b": [3, 4]})
    assert decided(verdict, choice).keys() == written


@pytest.mark.parametrize(
    ("item", "one", "other"),
    [
        ("person.name", "佐藤 健一", "佐藤健一"),
        ("person.kana", "サトウ ケンイチ", "サトウケンイチ"),
        ("person.home_phone", "03-1234-5678", "0312345678"),
    ],
)
def test_the_same_value_written_otherwise_is_no_change(item: str, one: str, other: str) -> None:
    assert judge({item: one}, {item: other}, {}).plan == "same"
