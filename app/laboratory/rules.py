"""Pure rules of results: numbers of tests, what a result has to satisfy, when suspicion ends."""

from collections.abc import Iterable, Mapping
from datetime import date

from app.cases.codes import TEST_RESULT
from app.cases.rules import LARGEST_ID, case_number
from app.core.japanese import digits
from app.core.labels import CodeList, Label

RESULTS = CodeList(
    "entered_result",
    *(
        (code.value, code.label.ja, code.label.en)
        for code in TEST_RESULT
        if code.value in ("positive", "negative", "inconclusive")
    ),
)
"""What a laboratory answers."""

_SPELLINGS = {
    "+": "positive",
    "(+)": "positive",
    "陽": "positive",
    "-": "negative",
    "(-)": "negative",
    "陰": "negative",
    "保留": "inconclusive",
}


def number_of_test(key: int) -> str:
    """``T`` and eight digits, the last a check digit: what is written on the tube's form."""
    return f"T{case_number(key)}"


def key_of_number(number: str) -> int | None:
    """The key behind a test number, however it was typed; None when its check digit is wrong."""
    typed = digits(number)
    if len(typed) != 8:
        return None
    key = int(typed[:-1])
    return key if 0 < key <= LARGEST_ID and case_number(key) == typed else None


def result_of(text: str) -> str | None:
    """The result a word means; None for anything else."""
    word = text.strip()
    return RESULTS.value_of(word) or _SPELLINGS.get(word.replace("＋", "+").replace("－", "-"))


def result_problems(
    result: str | None, resulted_on: date | None, collected_on: date | None, today: date
) -> dict[str, Label]:
    """Item → sentence of what is wrong with an entered result; empty when it may be saved."""
    problems: dict[str, Label] = {}
    if result not in RESULTS:
        problems["result"] = CHOOSE
    if resulted_on is None:
        problems["resulted_on"] = NO_DAY
    elif resulted_on > today:
        problems["resulted_on"] = FUTURE
    elif collected_on is not None and resulted_on < collected_on:
        problems["resulted_on"] = TOO_EARLY
    return problems


def clearing_problem(case: Mapping[str, object], results: Iterable[str | None]) -> Label | None:
    """Why the suspicion of a case cannot be declared over; None when it can.

    ``case`` gives ``diagnosis_type`` and ``is_over``; ``results`` are those of all its tests
    for diagnosis.
    """
    found = [result or "pending" for result in results]
    if case["diagnosis_type"] != "suspected" or case["is_over"]:
        return NOT_SUSPECTED
    if "positive" in found:
        return HAS_POSITIVE
    if "pending" in found or "inconclusive" in found:
        return STILL_OPEN
    return None if "negative" in found else NO_NEGATIVE


CHOOSE = Label(
    "結果を「陽性」「陰性」「判定保留」から選択してください。",
    "Choose the result: positive, negative or inconclusive.",
)
NO_DAY = Label("結果判明日を入力してください。", "Enter the day of the result.")
FUTURE = Label("結果判明日が未来の日付になっています。", "The day of the result lies ahead.")
TOO_EARLY = Label(
    "結果判明日が検体採取日より前になっています。",
    "The result is older than the specimen.",
)
NOT_SUSPECTED = Label(
    "疑似症患者として届け出られた療養中の患者ではありません。",
    "This is not a current suspected case.",
)
HAS_POSITIVE = Label(
    "陽性の検査結果があるため、疑いを解消できません。",
    "There is a positive test: the suspicion stands.",
)
STILL_OPEN = Label(
    "結果待ちまたは判定保留の検査があります。結果を確認してから疑いを解消してください。",
    "A test is pending or inconclusive. Wait for its result.",
)
NO_NEGATIVE = Label("陰性の検査結果がありません。", "There is no negative test.")
