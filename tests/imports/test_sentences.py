"""What is said of a fault: its kind, and what to do about it."""

import pytest

from app.imports.codes import FAULTS
from app.imports.sentences import in_words


@pytest.mark.parametrize(
    ("kind", "sentence", "told"),
    [
        ("no_key", "登録IDを入力してください。", "登録IDがありません。登録IDを入力してください。"),
        (
            "future_date",
            "未来の日付です。今日までの日付を入力してください。",
            "未来の日付です。今日までの日付を入力してください。",
        ),
    ],
)
def test_a_fault_is_told_once(kind: str, sentence: str, told: str) -> None:
    (label,) = (code.label.ja for code in FAULTS if code.value == kind)
    assert in_words(label, sentence) == told
