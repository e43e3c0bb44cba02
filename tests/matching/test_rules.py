"""The score of two records, and what speaks against them: tables of cases."""

from datetime import date

import pytest

from app.matching.codes import REASON
from app.matching.likeness import Birth, Reading, birth_likeness, distance, reading_likeness
from app.matching.rules import (
    CERTAIN,
    POINTS,
    PROBABLE,
    VETOES,
    HospitalStay,
    Identity,
    Registration,
    certain_rule,
    judge,
)
from app.persons.reading import address_key, loose, room_of, words_of

BORN = date(1980, 3, 7)
HANAKO = Identity(
    name="渡辺 花子",
    kana="ワタナベ ハナコ",
    birth_on=BORN,
    phones=("090-1111-2222",),
    address="東京都新宿区西新宿2-8-1",
)


def like_hanako(**other):
    """Hanako's record with some items otherwise."""
    items = ("name", "kana", "birth_on", "phones", "address", "sexes")
    return Identity(**({name: getattr(HANAKO, name) for name in items} | other))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("ワタナベ ハナコ", "ﾜﾀﾅﾍﾞ　ﾊﾅｺ", Reading.SAME),
        ("わたなべ はなこ", "ワタナベハナコ", Reading.SAME),
        ("ショウジ リョウ", "シヨウジ リヨウ", Reading.SAME),
        ("オオタニ ユウコ", "オータニ ユーコ", Reading.SIMILAR),
        ("ヤマサキ タロウ", "ヤマザキ タロウ", Reading.SIMILAR),
        ("グエン ヴァン アン", "アン グエン ヴァン", Reading.OTHER_ORDER),
        ("NGUYEN VAN AN", "VAN AN NGUYEN", Reading.OTHER_ORDER),
        ("An Nguyen Van", "NGUYEN, VAN AN", Reading.OTHER_ORDER),
        ("ハナコ ワタナベ", "ワタナベハナコ", Reading.OTHER_ORDER),
        ("ワタナベ ハナコ", "ワタナヘ ハナエ", Reading.SLIP),
        ("ワタナベ ハナコ", "ワナタベ ハナコ", Reading.SLIP),
        ("スズキ ハナコ", "ワタナベ ハナコ", Reading.GIVEN_NAME_ONLY),
        ("スズキ ハナコ", "スズキ イチロウ", Reading.OTHER),
        ("アベ リオ", "アベ ミオ", Reading.OTHER),  # Too short for a slip.
        ("", "ワタナベ ハナコ", None),
    ],
)
def test_two_readings_are_as_alike_as_people_write_them(one, other, found):
    assert reading_likeness(words_of(one), words_of(other)) is found
    assert reading_likeness(words_of(other), words_of(one)) is found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (date(1980, 3, 7), date(1980, 3, 7), Birth.SAME),
        (date(1980, 3, 7), date(1980, 7, 3), Birth.SWAPPED),
        (date(1980, 3, 7), date(1980, 3, 17), Birth.SLIP),
        (date(1980, 3, 17), date(1980, 3, 7), Birth.SLIP),
        (date(1980, 3, 12), date(1980, 3, 21), Birth.SLIP),
        (date(1955, 3, 7), date(2018, 3, 7), Birth.ERA),  # 昭和30 and 平成30
        (date(1930, 3, 7), date(1916, 3, 7), Birth.ERA),  # 昭和5 and 大正5
        (date(1989, 3, 7), date(1990, 3, 7), Birth.ERA),  # 平成元 counted as 0
        (date(1990, 3, 7), date(2020, 3, 7), Birth.ERA),  # 平成2 and 令和2
        (date(1980, 3, 7), date(1980, 4, 18), Birth.OTHER),
        (date(1980, 3, 7), None, Birth.UNKNOWN),
    ],
)
def test_two_birth_dates_are_compared_by_the_errors_people_make(one, other, found):
    assert birth_likeness(one, other) is found
    assert birth_likeness(other, one) is found


@pytest.mark.parametrize(
    ("other", "score", "reasons"),
    [
        (
            like_hanako(),
            100,
            {"same_reading", "same_name", "same_birth", "same_telephone", "same_address"},
        ),
        (
            like_hanako(name="渡邉 花子", phones=(), address=None),
            84,
            {"same_reading", "variant_name", "same_birth"},
        ),
        # Married: another family name at the same telephone.
        (
            like_hanako(name="鈴木 花子", kana="スズキ ハナコ", address="新宿区戸山1-1-1"),
            70,
            {
                "given_name_only",
                "same_given_name",
                "same_birth",
                "same_telephone",
                "other_address",
            },
        ),
        (
            like_hanako(birth_on=date(1980, 7, 3), phones=(), address=None),
            75,
            {"same_reading", "same_name", "swapped_birth"},
        ),
        (
            like_hanako(birth_on=date(1943, 3, 7), phones=(), address=None),
            5,
            {"same_reading", "same_name", "other_birth"},
        ),
        # No reading on one side: the written name carries more.
        (
            like_hanako(kana=None, phones=(), address=None),
            70,
            {"same_name", "same_birth"},
        ),
        # A sister at the same address.
        (
            like_hanako(name="渡辺 咲", kana="ワタナベ サキ", birth_on=date(1983, 5, 1)),
            0,
            {"other_reading", "other_name", "other_birth", "same_telephone", "same_address"},
        ),
        # Name and home, but the birth date is not known.
        (
            like_hanako(birth_on=None, phones=()),
            65,
            {"same_reading", "same_name", "same_address"},
        ),
        (like_hanako(birth_on=None, phones=(), address=None), 50, {"same_reading", "same_name"}),
    ],
)
def test_the_score_says_in_words_what_it_is_made_of(other, score, reasons):
    judgement = judge(HANAKO, other)

    assert (judgement.score, set(judgement.reasons)) == (score, reasons)
    assert judge(other, HANAKO).score == score


def test_two_people_of_one_name_and_birth_date_are_shown_but_never_certain():
    namesake = like_hanako(phones=("080-9999-0000",), address="大阪市北区梅田1-1-1")

    judgement = judge(HANAKO, namesake)

    assert judgement.score == 72
    assert judgement.probable
    assert certain_rule(judgement) is None


@pytest.mark.parametrize(
    "twin",
    [
        like_hanako(name="渡辺 桃子", kana="ワタナベ モモコ"),
        like_hanako(name="渡辺 華江", kana="ワタナベ ハナエ"),  # one letter of the reading
        like_hanako(name="渡辺 桃子", kana=None),
    ],
)
def test_twins_of_one_home_are_never_proposed(twin):
    judgement = judge(HANAKO, twin)

    assert judgement.vetoes == ("twins",)
    assert not judgement.probable


def test_a_slip_in_the_reading_alone_makes_no_twin():
    judgement = judge(HANAKO, like_hanako(kana="ワタナベ ハナエ"))

    assert judgement.vetoes == ()
    assert judgement.probable


def test_a_brother_and_a_sister_of_one_day_are_twins_whatever_their_names():
    one, other = like_hanako(sexes=frozenset({"female"})), like_hanako(sexes=frozenset({"male"}))

    assert "twins" in judge(one, other).vetoes


@pytest.mark.parametrize(
    ("one", "other", "veto"),
    [
        (
            {"registrations": frozenset({Registration("NESID", "A1", "covid19", BORN)})},
            {"registrations": frozenset({Registration("NESID", "A2", "covid19", BORN)})},
            "other_number",
        ),
        (
            {"stays": (HospitalStay("1", date(2021, 1, 5), date(2021, 1, 9)),)},
            {"stays": (HospitalStay("2", date(2021, 1, 7), None),)},
            "two_hospitals",
        ),
        ({"died_on": date(2021, 1, 5)}, {"ill_on": (date(2021, 1, 6),)}, "after_death"),
        ({"died_on": date(2021, 1, 5)}, {"died_on": date(2021, 1, 6)}, "two_deaths"),
    ],
)
def test_what_cannot_be_one_person_is_not_proposed_however_alike(one, other, veto):
    left, right = Identity(name="渡辺 花子", **one), Identity(name="渡辺 花子", **other)

    assert judge(left, right).vetoes == (veto,)
    assert judge(right, left).vetoes == (veto,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Moved from one hospital to the next on one day.
        (
            {"stays": (HospitalStay("1", date(2021, 1, 5), date(2021, 1, 7)),)},
            {"stays": (HospitalStay("2", date(2021, 1, 7), None),)},
        ),
        # Another disease, and another year: two episodes of perhaps one person.
        (
            {"registrations": frozenset({Registration("NESID", "A1", "covid19", BORN)})},
            {"registrations": frozenset({Registration("NESID", "B7", "measles", BORN)})},
        ),
        (
            {"registrations": frozenset({Registration("NESID", "A1", "covid19", BORN)})},
            {
                "registrations": frozenset(
                    {Registration("NESID", "A2", "covid19", date(1981, 3, 7))}
                )
            },
        ),
        ({"died_on": date(2021, 1, 5)}, {"ill_on": (date(2021, 1, 5),)}),
        ({"died_on": date(2021, 1, 5)}, {"died_on": date(2021, 1, 5)}),
    ],
)
def test_what_happens_to_one_person_is_no_veto(one, other):
    assert judge(Identity(**one), Identity(**other)).vetoes == ()


def test_only_the_printed_rules_make_a_pair_certain():
    assert certain_rule(judge(HANAKO, like_hanako(address=None))) is CERTAIN[0]
    assert certain_rule(judge(HANAKO, like_hanako(phones=(), name="渡邊 花子"))) is CERTAIN[1]
    assert certain_rule(judge(HANAKO, like_hanako(phones=(), address=None))) is None
    # The same telephone, but another home: something speaks against it.
    assert certain_rule(judge(HANAKO, like_hanako(address="大阪市北区梅田1-1-1"))) is None


def test_every_reason_has_its_words_and_every_word_its_points():
    assert set(REASON.values) == set(POINTS) | set(VETOES)
    assert POINTS["same_reading"] + POINTS["same_name"] < PROBABLE


@pytest.mark.parametrize(
    ("address", "plot", "room"),
    [
        ("東京都新宿区西新宿二丁目８番１号 都庁3F", "新宿区西新宿2/8/1", "3"),
        ("新宿区西新宿2-8-1", "新宿区西新宿2/8/1", ""),
        ("東京都新宿区北新宿1丁目2−3 メゾン201", "新宿区北新宿1/2/3", "201"),
        ("渋谷区神南十二丁目3番地", "渋谷区神南12/3", ""),
        ("茨城県大字原123番地4", "原123/4", ""),
        ("新宿区", "", ""),
        (None, "", ""),
    ],
)
def test_an_address_is_the_same_however_it_is_written(address, plot, room):
    assert (address_key(address), room_of(address)) == (plot, room)


def test_long_vowels_and_voiced_marks_are_left_out_of_the_loose_form():
    assert loose("オオタニ") == loose("オータニ") == "オタニ"
    assert loose("ヤマザキ") == "ヤマサキ"
    assert loose("アオイ") == "アオイ"


def test_letters_exchanged_with_their_neighbour_are_one_slip():
    assert distance("ワタナベ", "ワナタベ", 2) == 1
    assert distance("ワタナベ", "スズキ", 2) == 3
