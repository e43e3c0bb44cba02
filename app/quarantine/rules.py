"""Pure rules of a station's list: its columns, what a row must say, what changed since.

The station's layout is our own proposal: no document prescribes one. Headings are found by
name, whatever their order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.cases.codes import SEX
from app.core.dates import parse_date_or_datetime
from app.core.japanese import digits, kana_key, normalise
from app.core.labels import YES_NO_UNKNOWN, CodeList, Label
from app.core.problems import InputProblem
from app.quarantine.codes import AIRPORT_TEST

OBSERVED_DAYS: Final = 14
"""Arrivals are followed for 14 days (R106); nobody on a list arrived long before that."""
OLDEST: Final = timedelta(days=60)
MOST_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: its heading and the other headings it is known by."""

    key: str
    label: Label
    also: tuple[str, ...] = ()
    length: int = 0
    needed: bool = False


COLUMNS: Final = (
    ListColumn("line", Label("番号", "Number"), ("No", "No.", "連番", "名簿の番号")),
    ListColumn(
        "questionnaire_id", Label("質問票番号", "Questionnaire"), ("QR番号", "受付番号"), 40
    ),
    ListColumn("name", Label("氏名", "Name"), ("名前",), 100),
    ListColumn("kana", Label("ふりがな", "Kana"), ("フリガナ", "氏名カナ", "カナ"), 100, True),
    ListColumn("birth_on", Label("生年月日", "Date of birth"), needed=True),
    ListColumn("sex", Label("性別", "Sex")),
    ListColumn("nationality", Label("国籍", "Nationality"), (), 100),
    ListColumn("flight", Label("便名", "Flight"), ("搭乗便", "便"), 40),
    ListColumn("arrived_on", Label("到着日", "Arrived on"), ("入国日", "到着年月日"), 0, True),
    ListColumn(
        "stayed_in", Label("滞在国・地域", "Countries"), ("滞在国", "14日以内の滞在国"), 200
    ),
    ListColumn("prefecture", Label("都道府県", "Prefecture"), (), 20),
    ListColumn("municipality", Label("市区町村", "Municipality"), (), 60),
    ListColumn(
        "address", Label("日本での住所", "Address in Japan"), ("住所", "滞在先住所", "居所"), 255
    ),
    ListColumn("phone", Label("電話番号", "Telephone"), ("電話", "携帯電話", "TEL")),
    ListColumn("email", Label("メールアドレス", "E-mail"), ("メール", "Email"), 254),
    ListColumn("has_symptoms", Label("症状の有無", "Symptoms"), ("症状有無",)),
    ListColumn("symptoms", Label("症状の内容", "What symptoms"), ("症状",), 1000),
    ListColumn("met_patient", Label("患者との接触", "Met a patient"), ("接触歴",)),
    ListColumn("airport_test", Label("空港検査", "Airport test"), ("検査結果", "空港検査結果")),
)
KEYS: Final = tuple(column.key for column in COLUMNS)
_BY_KEY: Final = {column.key: column for column in COLUMNS}
NEEDED: Final = tuple(column.key for column in COLUMNS if column.needed)
DAYS: Final = frozenset({"birth_on", "arrived_on"})
_YES: Final = {"有": "yes", "あり": "yes", "有り": "yes", "はい": "yes", "無": "no", "なし": "no"}
_YES_NO: Final = _YES | {"無し": "no", "いいえ": "no", "不明": "unknown"}
_TESTS: Final = {"(-)": "negative", "(+)": "positive", "-": "negative", "+": "positive"}

Values = dict[str, Any]
Problems = dict[str, Label]
_LONG: Final = Label("文字数が多すぎます。", "The text is too long.")
_NEEDED: Final = Label("必須です。", "This is needed.")


def places_of(cells: Sequence[str]) -> dict[str, int] | None:
    """Column → position in a row of headings; None when the row is none.

    A row of headings has the kana, the date of birth and the arrival.
    """
    heads = [_plain(cell) for cell in cells]
    found: dict[str, int] = {}
    for column in COLUMNS:
        words = (column.label.ja, column.label.en, column.key, *column.also)
        for word in words:
            if _plain(word) in heads:
                found.setdefault(column.key, heads.index(_plain(word)))
    return found if set(NEEDED) <= found.keys() else None


def judge(texts: Mapping[str, str], *, ordinal: int, today: date) -> tuple[Values, Problems]:
    """What a row says, and by column what is wrong with it; ``ordinal`` is its place."""
    values: Values = {}
    problems: Problems = {}
    for column in COLUMNS:
        text = texts.get(column.key, "")
        try:
            values[column.key] = _READ.get(column.key, normalise)(text) if text.strip() else None
        except InputProblem as problem:
            values[column.key], problems[column.key] = None, problem.sentence
        if column.length and len(values[column.key] or "") > column.length:
            problems[column.key] = _LONG
        if column.needed and values[column.key] is None:
            problems.setdefault(column.key, _NEEDED)
    values["line"] = values["line"] or ordinal
    return values, problems | {k: s for k, s in _days(values, today).items() if k not in problems}


def _days(values: Values, today: date) -> Problems:
    found: Problems = {}
    arrived, born = values["arrived_on"], values["birth_on"]
    if arrived is not None and arrived > today:
        found["arrived_on"] = Label("到着日が未来の日付です。", "The arrival lies in the future.")
    elif arrived is not None and arrived < today - OLDEST:
        found["arrived_on"] = Label(
            "到着日が60日以上前です。", "The arrival is more than 60 days ago."
        )
    if born is not None and born > (arrived or today):
        found["birth_on"] = Label("到着日より後の日付です。", "This is after the arrival.")
    if not values["phone"] and not values["email"]:
        found["phone"] = Label(
            "電話番号かメールアドレスのどちらかが必要です。",
            "A telephone number or an e-mail address is needed.",
        )
    return found


def key_of(values: Mapping[str, Any]) -> str:
    """What a person is known by within a list: the questionnaire, else the number."""
    questionnaire = values["questionnaire_id"]
    return f"q:{questionnaire}" if questionnaire else f"n:{values['line']}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns in which a row says something else than before."""
    return tuple(key for key in after if before.get(key) != after[key])


def same_person(kana: str | None, birth_on: date | None, other: tuple[str | None, Any]) -> bool:
    """One reading and one birth date; who lacks either is nobody's double."""
    if not kana or birth_on is None or not other[0]:
        return False
    return kana_key(kana) == kana_key(other[0]) and birth_on == other[1]


def _plain(text: str) -> str:
    try:
        return normalise(text).replace(" ", "").replace("◎", "").lower()
    except InputProblem:
        return ""


def _number(text: str) -> int:
    found = digits(normalise(text))
    if not found or len(found) > 6 or found != normalise(text) or int(found) == 0:
        raise InputProblem("number", Label("番号は数字です。", "The number has digits only."))
    return int(found)


def _phone(text: str) -> str:
    written = normalise(text)
    if not 9 <= len(digits(written)) <= 15 or len(written) > 20:
        raise InputProblem("phone", Label("電話番号を確認してください。", "Check the number."))
    return written


def _email(text: str) -> str:
    written = normalise(text)
    name, sign, host = written.rpartition("@")
    if not sign or not name or "." not in host or " " in written:
        raise InputProblem(
            "email", Label("メールアドレスを確認してください。", "Check the address.")
        )
    return written


def _code(codes: CodeList, words: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        typed = _plain(text)
        for code in codes:
            if typed in {_plain(code.value), _plain(code.label.ja), _plain(code.label.en)}:
                return str(code.value)
        if typed in words:
            return words[typed]
        raise InputProblem(
            "code",
            Label(
                f"次のいずれかで記入してください：{'・'.join(c.label.ja for c in codes)}",
                f"Write one of: {', '.join(c.label.en for c in codes)}",
            ),
        )

    return read


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "line": _number,
    "birth_on": parse_date_or_datetime,
    "arrived_on": parse_date_or_datetime,
    "phone": _phone,
    "email": _email,
    "sex": _code(SEX, {"男": "male", "女": "female", "m": "male", "f": "female"}),
    "has_symptoms": _code(YES_NO_UNKNOWN, _YES_NO),
    "met_patient": _code(YES_NO_UNKNOWN, _YES_NO),
    "airport_test": _code(AIRPORT_TEST, _TESTS),
}
