"""The code on a paper form: what is misread is found, what was never issued leads nowhere."""

from datetime import date

import pytest
from flask import Flask

from app.notifications.paper_code import (
    ALPHABET,
    PaperCode,
    day_of_serial,
    read_code,
    serial_on,
)

pytestmark = pytest.mark.one_database
CODE = PaperCode("notification", 123_456, 2)


@pytest.fixture(autouse=True)
def _keys(app: Flask) -> object:
    with app.app_context():
        yield


@pytest.mark.parametrize(
    "code", [CODE, PaperCode("notification", 1, 1), PaperCode("blank", 55, 693)]
)
def test_a_code_is_read_back(code: PaperCode) -> None:
    assert read_code(str(code)) == code
    assert read_code(code.compact) == code


def test_how_it_is_typed_does_not_matter() -> None:
    text = str(CODE)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in text)
    confused = text.replace("0", "O").replace("1", "l")
    for typed in (text.lower(), f"  {text.replace('-', ' ')} ", wide, confused):
        assert read_code(typed) == CODE, typed


def test_every_single_slip_is_found() -> None:
    text = CODE.compact
    for place in range(len(text)):
        for sign in ALPHABET:
            if sign != text[place]:
                assert read_code(text[:place] + sign + text[place + 1 :]) is None


def test_no_code_can_be_counted_on_to_the_next_notification() -> None:
    """A right check sign alone is not enough: the signature of another key does not fit."""
    ours, next_one = CODE.compact, PaperCode("notification", 123_457, 2).compact
    assert read_code(next_one[:10] + ours[10:]) is None


@pytest.mark.parametrize("text", ["", "N003", "あ" * 16, "N" * 17, "!" * 16, "\x00" * 16])
def test_anything_else_is_no_code(text: str) -> None:
    assert read_code(text) is None


def test_the_serial_of_a_blank_form_is_its_day() -> None:
    assert serial_on(date(2021, 8, 1)) == 578
    assert day_of_serial(578) == date(2021, 8, 1)
