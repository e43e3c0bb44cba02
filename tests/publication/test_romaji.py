"""Names of places in Roman letters."""

import pytest

from app.publication.romaji import place_name


@pytest.mark.parametrize(
    ("name", "kana", "english"),
    [
        ("札幌市", "サッポロシ", "Sapporo City"),
        ("新宿区", "しんじゅくく", "Shinjuku City"),
        ("新宿区保健所", "シンジュククホケンジョ", "Shinjuku City Public Health Centre"),
        ("多摩府中保健所", "タマフチュウホケンジョ", "Tamafuchu Public Health Centre"),
        ("東京都", "とうきょうと", "Tokyo"),
        ("北海道", "ほっかいどう", "Hokkaido"),
        ("利島村", "トシマムラ", "Toshima Village"),
        ("札幌市", "", ""),
    ],
)
def test_a_place_is_named_as_maps_name_it(name: str, kana: str, english: str) -> None:
    assert place_name(name, kana) == english
