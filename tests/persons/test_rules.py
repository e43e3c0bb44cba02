"""A person is found whatever way the name or number was typed; days that cannot be are refused."""

from datetime import date, timedelta

import pytest

from app.persons.models import Person
from app.persons.rules import day_problem, kana_key, name_key, phone_key

DAY = date(2021, 8, 20)


@pytest.mark.parametrize("typed", ["やまだ　たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ・タロウ", " ヤマダタロウ "])
def test_every_spelling_of_a_reading_has_one_key(typed: str) -> None:
    assert kana_key(typed) == "ヤマダタロウ"


def test_variant_kanji_of_a_name_meet() -> None:
    assert name_key("渡邉　髙志") == name_key("渡辺 高志")


@pytest.mark.parametrize("blank", [None, "", "　", "・"])
def test_nothing_typed_has_no_key(blank: str | None) -> None:
    assert kana_key(blank) is None
    assert name_key(blank) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("090-1234-5678", "09012345678"),
        ("０９０（１２３４）５６７８", "09012345678"),
        ("+81 90 1234 5678", "09012345678"),
        ("なし", None),
        (None, None),
    ],
)
def test_a_telephone_is_searched_by_its_digits(number: str | None, key: str | None) -> None:
    assert phone_key(number) == key


def test_a_person_is_called_by_name_then_by_reading_then_by_key() -> None:
    assert str(Person(name="山田太郎", kana="ヤマダタロウ")) == "山田太郎"
    assert str(Person(kana="ヤマダタロウ")) == "ヤマダタロウ"
    assert str(Person(id=7)) == "#7"


@pytest.mark.parametrize(
    ("day", "birth_on", "refused"),
    [
        (DAY, None, False),
        (DAY + timedelta(days=1), None, True),
        (None, None, False),
        (DAY, DAY, False),
        (DAY, DAY + timedelta(days=1), True),
    ],
)
def test_days_to_come_and_before_the_birth_are_refused(
    day: date | None, birth_on: date | None, refused: bool
) -> None:
    assert (day_problem(day, today=DAY, birth_on=birth_on) is not None) is refused
