"""Columns are proposed for items: by their heading, by likeness, by content, with the reason."""

from datetime import date
from typing import Any

import pytest

from app.cases.models import Case, Stay
from app.core.labels import Label
from app.persons.models import Person
from app.tables.mapping import Mapping, Target, propose, targets_of
from app.tables.rows import Reader
from tests.tables.files import HEADINGS

KEY = Target("key", Label("元データの番号", "Number in the file"), ("№", "番号", "登録ID"))
TARGETS = (
    KEY,
    *targets_of(Person, prefix="person"),
    *targets_of(Case, prefix="case", required=("diagnosed_on",)),
    *targets_of(Stay, prefix="stay"),
)
REMARKS = "case.remarks"
EXPECTED: dict[str, str | None] = {
    "№": "key",
    "確定日（公表）": "case.published_on",
    "陽性確定日": "case.diagnosed_on",
    "保健所": "case.responsible_centre_id",
    "氏名": "person.name",
    "生年月日": "person.birth_on",
    "年齢": "case.age_years",
    "年代": "case.age_group",
    "年代：備考": REMARKS,
    "年代：公表の可否": "may publish case.age_group",
    "性別": "case.sex",
    "性別：公表の可否": "may publish case.sex",
    "国籍": "person.nationality",
    "居住地": "case.residence",
    "居住地：備考": REMARKS,
    "居住地：公表の可否": "may publish case.residence",
    "海外渡航歴": "case.travelled",
    "海外渡航歴:備考（国）": "case.travel_country",
    "海外渡航歴:備考（時期）": REMARKS,
    "海外渡航歴：公表の可否": "may publish case.travelled",
    "職業分類": "case.occupation",
    "職業：備考": "case.occupation_detail",
    "職業：公表の可否": "may publish case.occupation",
    "発症日": "case.onset_on",
    "発症日：備考": REMARKS,
    "発症日：公表の可否": "may publish case.onset_on",
    "発生状況（公表）": None,
    "濃厚接触者の人数": None,
    "濃厚接触者の観察状況（公表）": None,
    "濃厚接触者の観察状況：備考": REMARKS,
    "周囲の患者発生の有無（公表）": "case.link_known",
    "周囲の患者発生（番号：公表）": "case.link_note",
    "入院医療機関（現在）": "stay.institution_name",
    "入院日": "stay.from_on",
    "入院病床（現在）": None,
    "入院：備考": REMARKS,
    "身体状況（現在の症状）": "case.severity",
    "身体状況：備考": REMARKS,
    "治療器具": None,
    "治療器具：備考": REMARKS,
    "転院の有無": None,
    "転院：備考": REMARKS,
    "陰性結果開始日": None,
    "陰性結果確認日": None,
    "退院の有無": None,
    "転帰": "case.outcome",
    "退院日": "case.discharged_on",
    "退院日：備考": REMARKS,
    "備考": REMARKS,
}
NESID = {
    "登録ID": "key",
    "疾病名": "case.disease_id",
    "診断の類型": "case.diagnosis_type",
    "氏名": "person.name",
    "フリガナ": "person.kana",
    "性別": "case.sex",
    "生年月日": "person.birth_on",
    "診断時年齢(歳)": "case.age_years",
    "診断時年齢(か月)": "case.age_months",
    "職業": "case.occupation_detail",
    "住所": "person.address",
    "住所電話": "person.home_phone",
    "所在地": "person.location_address",
    "所在地電話": "person.location_phone",
    "保護者氏名": "person.guardian_name",
    "保護者住所": "person.guardian_address",
    "保護者電話": "person.guardian_phone",
    "症状(;区切り)": "case.symptoms",
    "症状その他": "case.symptoms_other",
    "初診年月日": "case.first_visit_on",
    "診断年月日": "case.diagnosed_on",
    "感染推定年月日": "case.infected_on",
    "発病年月日": "case.onset_on",
    "死亡年月日": "case.died_on",
    "感染経路状況": "case.link_note",
    "感染詳細地域": "case.infection_place_note",
    "出国日": "case.travel_from_on",
    "入国日": "case.travel_to_on",
    "備考": REMARKS,
    "届出医療機関名": "case.reporting_institution_id",
    "報告年月日": "case.reported_on",
    "患者居住地保健所": "case.residence_centre_id",
}


PROPOSED = propose(HEADINGS, (), TARGETS)
NATIONAL = propose(tuple(NESID), (), TARGETS)


def found(mapping: Mapping, heading: str) -> str | None:
    link = mapping.publishable.get(heading)
    return f"may publish {link}" if link else mapping.targets.get(heading)


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_49_columns_of_the_patient_sheet_find_their_items(heading: str) -> None:
    assert found(PROPOSED, heading) == EXPECTED[heading]


@pytest.mark.parametrize("heading", NESID)
def test_the_columns_of_the_national_layout_find_their_items(heading: str) -> None:
    assert found(NATIONAL, heading) == NESID[heading]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("氏名", "label"),
        ("発症日", "alias"),
        ("年代：備考", "note"),
        ("年代：公表の可否", "publishable"),
    ],
)
def test_every_proposal_says_why(heading: str, kind: str) -> None:
    proposal = PROPOSED.proposals[heading]
    assert (proposal.kind, 0.5 < proposal.score <= 1) == (kind, True)
    assert proposal.reason.ja
    assert proposal.reason.en


@pytest.mark.parametrize(
    ("heading", "cells", "expected", "kind"),
    [
        ("患者情報_生年月日", [date(1985, 4, 3)], "person.birth_on", "part"),
        ("氏名（漢字）", ["架空太郎"], "person.name", "part"),
        ("発病年月日◎", ["R3.8.20"], "case.onset_on", "alias"),
        ("Date of birth", ["1985/4/3"], "person.birth_on", "label"),
        ("メールアドレスー", ["a@example.jp"], "person.email", "alike"),
        ("Q1", ["ｶｸｳ ﾀﾛｳ", "カクウ　ハナコ"], "person.kana", "kana"),
        ("Q2", ["090-0000-0001", "08000000002"], "person.mobile_phone", "mobile"),
        ("Q3", ["01_男性", "02_女性"], "case.sex", "codes"),
        ("Q4", ["はい", "いいえ"], None, ""),
        ("Q5", ["甲", "乙"], None, ""),
        ("転院の有無", ["無", "有"], None, ""),
    ],
)
def test_a_heading_nobody_declared_is_understood_by_likeness_or_content(
    heading: str, cells: list[Any], expected: str | None, kind: str
) -> None:
    mapping = propose((heading,), [(cell,) for cell in cells], TARGETS)
    assert mapping.targets.get(heading) == expected
    assert mapping.proposals[heading].kind == kind if kind else not mapping.proposals


def test_two_columns_never_fill_one_item_unless_it_gathers() -> None:
    mapping = propose(("発症日", "発病日", "発症年月日"), (), TARGETS)
    assert mapping.targets == {"発症年月日": "case.onset_on"}


def test_words_of_coded_columns_are_proposed_with_their_codes_and_the_rest_left_open() -> None:
    rows = [("01_男性", "03_軽・中等症"), ("02_女性", "04_重症"), ("99_不明", None)]
    mapping = propose(("性別", "身体状況（現在の症状）"), rows, TARGETS)
    assert mapping.words_of("case.sex") == {
        "01_男性": "male",
        "02_女性": "female",
        "99_不明": "unknown",
    }
    assert mapping.words_of("case.severity") == {"04_重症": "severe"}


def test_a_mapping_is_stored_and_read_back() -> None:
    mapping = Mapping(
        {"性別": "case.sex"}, {"case.sex": {"1": "male"}}, {"性別：公表の可否": "case.sex"}
    )
    assert Mapping.from_json(mapping.as_json()) == mapping
    assert mapping.heading_of("case.sex") == "性別"
    assert [one.name for one in mapping.missing(TARGETS)] == ["case.diagnosed_on"]


def test_a_mapping_keeps_what_still_has_its_column_and_its_item() -> None:
    mapping = Mapping(
        {"性別": "case.sex", "古い列": "case.outcome", "年齢": "case.gone"},
        {"case.sex": {"1": "male"}, "case.gone": {"x": "y"}},
        {"性別：公表の可否": "case.sex"},
    )
    assert mapping.only(("性別", "年齢"), TARGETS) == Mapping(
        {"性別": "case.sex"}, {"case.sex": {"1": "male"}}, {}
    )


def test_a_row_is_understood_and_its_faulty_cells_are_named() -> None:
    headings = ("氏名", "性別", "性別：公表の可否", "発症日", "年齢", "入院：備考", "備考")
    reader = Reader(headings, propose(headings, (), TARGETS), TARGETS)
    row = reader.read(("架空　太郎", "01_男性", "否", "2021/2/31", "３６歳", "個室", "なし"))
    assert row.values == {
        "person.name": "架空 太郎",
        "case.sex": "male",
        "case.age_years": 36,
        REMARKS: "入院：備考：個室\nなし",
    }
    assert row.publishable == {"case.sex": False}
    assert [(one.column, one.heading, one.kind) for one in row.faults] == [
        (3, "発症日", "no_such_day")
    ]
