"""Spellings that mean the same are stored alike and found alike."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core import japanese
from app.core.japanese import (
    digits,
    kana_key,
    name_key,
    normalise,
    normalise_lines,
    phone_key,
    postal_code,
    to_katakana,
)
from app.core.kanji import GROUPS
from app.core.problems import InputProblem

WRITING = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x17F),
        st.characters(min_codepoint=0x3000, max_codepoint=0x30FF),
        st.characters(min_codepoint=0xFF01, max_codepoint=0xFF9F),
        st.sampled_from("渡邉髙志齋藤々﨑" + japanese.HYPHENS),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  山田　　太郎 ", "山田 太郎"),
        ("ＡＢＣ１２３", "ABC123"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("か\u3099", "が"),
        ("カ゛", "ガ"),
        ("髙橋\t﨑", "髙橋 﨑"),
        ("神\ufa19谷", "神\ufa19谷"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\ufeff山\u200b田\u202e", "山田"),
        ("一行目\r\n二行目", "一行目 二行目"),
        ("", ""),
        ("　", ""),
    ],
)
def test_one_line_is_stored_in_one_spelling(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


@pytest.mark.parametrize("bad", ["山\x00田", "\x1b[31m", "a\x7f", "\x85\x86", "\ud800"])
@pytest.mark.parametrize("reader", [normalise, normalise_lines, to_katakana])
def test_a_control_character_is_refused_without_repeating_the_text(reader, bad: str) -> None:
    with pytest.raises(InputProblem) as caught:
        reader(bad)
    assert caught.value.code == "control_character"
    assert bad not in str(caught.value)


def test_free_text_keeps_its_lines_and_signs() -> None:
    assert normalise_lines("①発熱 \r\n\r\n②ｶﾞ行 38℃\r\n　") == "①発熱\n\n②ガ行 38℃"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("やまだ　たろう", "ヤマダ タロウ"),
        ("ﾜﾀﾅﾍﾞ ｼﾞｭﾝ", "ワタナベ ジュン"),
        ("おーの", "オーノ"),
        ("オ－ノ", "オーノ"),
        ("オ‐ノ", "オーノ"),
        ("ゔぁいおりん", "ヴァイオリン"),
        ("Smith-Jones", "Smith-Jones"),
    ],
)
def test_a_reading_is_stored_in_full_width_katakana(typed: str, stored: str) -> None:
    assert to_katakana(typed) == stored


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("わたなべ　じゅん", "ワタナベジユン"),
        ("ﾜﾀﾅﾍﾞｼﾞｭﾝ", "ワタナベジユン"),
        ("ワタナベ・ジュン", "ワタナベジユン"),
        ("ﾜﾀﾅﾍﾞ･ｼﾞﾕﾝ", "ワタナベジユン"),
        ("ﾊﾟｸ", "パク"),
        ("はく", "ハク"),
        ("みすゞ", "ミスズ"),
        ("いすヾ", "イスズ"),
        ("たゝら", "タタラ"),
        ("ちぢみ", "チジミ"),
        ("つづき", "ツズキ"),
        ("カヲル", "カオル"),
        ("ヰノウヱ", "イノウエ"),
        ("三ヶ島", "三ケ島"),
        ("José Muñoz", "JOSEMUNOZ"),
        ("o’brien", "OBRIEN"),
        ("Søren", "SOREN"),
        ("ｓｍｉｔｈ", "SMITH"),
        ("%_", ""),
    ],
)
def test_readings_meet_under_one_key(typed: str, key: str) -> None:
    assert kana_key(typed) == key


@pytest.mark.parametrize("hyphen", japanese.HYPHENS)
def test_every_hyphen_is_a_long_vowel_mark_in_a_key(hyphen: str) -> None:
    assert kana_key(f"オ{hyphen}ノ") == "オーノ"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("山嵜", "山崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("渡邉\U000e0101", "渡辺"),
        ("澤田", "沢田"),
        ("齋藤", "斎藤"),
        ("齊藤", "斎藤"),
        ("斉藤", "斎藤"),
        ("濵田", "浜田"),
        ("佐々木", "佐佐木"),
        ("\ufa19谷", "神谷"),
        ("山田　太郎", "山田太郎"),
        ("井ノ上", "井の上"),
        ("𠮷野家", "吉野家"),
    ],
)
def test_written_names_meet_under_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("高橋", "髙梨"), ("太田", "大田"), ("カトウ", "ガトウ")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_variant_belongs_to_one_group_only() -> None:
    signs = "".join(GROUPS.split())
    assert len(signs) == len(set(signs))


@example("\x85ヽ")
@example("-ヽ")
@given(WRITING)
def test_keys_and_stored_text_do_not_change_when_made_again(text: str) -> None:
    assert kana_key(kana_key(text)) == kana_key(text)
    assert name_key(name_key(text)) == name_key(text)
    try:
        stored = normalise(text)
    except InputProblem:
        return
    assert normalise(stored) == stored
    assert kana_key(stored) == kana_key(text)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("０１２−３", "0123"), ("03-1234-5678", "0312345678"), ("なし", ""), ("٣", "")],
)
def test_digits_keep_leading_zeros(typed: str, number: str) -> None:
    assert digits(typed) == number


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("０９０−１２３４−５６７８", "09012345678"),
        ("(03) 1234‐5678", "0312345678"),
        ("03ー1234ー5678", "0312345678"),
        ("+81 (0)90 1234 5678", "09012345678"),
        ("＋８１−９０−１２３４−５６７８", "09012345678"),
        ("+1 212 555 0100", "+12125550100"),
        ("03-1234-5678 内線12", "0312345678"),
        ("03-1234-5678 ext. 12", "0312345678"),
        ("", ""),
    ],
)
def test_telephone_numbers_meet_under_one_key(typed: str, key: str) -> None:
    assert phone_key(typed) == key


@pytest.mark.parametrize(
    "typed", ["〒150-0001", "１５０−０００１", "1500001", "150ー0001", " 150 0001"]
)
def test_a_postal_code_is_seven_digits(typed: str) -> None:
    assert postal_code(typed) == "1500001"
    assert japanese.format_postal_code(postal_code(typed)) == "150-0001"


@pytest.mark.parametrize("typed", ["", "150", "15000011", "15-00001", "東京都"])
def test_anything_else_is_not_a_postal_code(typed: str) -> None:
    with pytest.raises(InputProblem, match="postal_code"):
        postal_code(typed)
