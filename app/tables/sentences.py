"""What is said at a cell that cannot be read, in both languages; never the value itself."""

from app.core.dates import OUT_OF_RANGE
from app.core.labels import CodeList, Label
from app.tables.sheet_xml import NOT_COMPUTED

DAY_OUT_OF_RANGE = OUT_OF_RANGE
NO_YEAR = Label(
    "年が4桁の西暦か元号で書かれていません。「2021/8/20」「R3.8.20」のように入力してください。",
    "The year is missing or has two digits. Write it like 2021/8/20 or R3.8.20.",
)
NOT_A_NUMBER = Label(
    "数値として読み取れません。数字だけを入力してください（例：35）。",
    "This cannot be read as a number. Enter digits alone, for example 35.",
)
NOT_WHOLE = Label("整数で入力してください。", "Enter a whole number.")
NOT_YES_NO = Label(
    "「はい」「いいえ」のどちらか読み取れません（例：可・否、有・無、○・×）。",
    "This cannot be read as yes or no (for example 可/否, 有/無, yes/no).",
)
_SHOWN = 6


def too_long(limit: int) -> Label:
    """A text over the length of its item."""
    return Label(f"{limit}文字以内で入力してください。", f"At most {limit} characters.")


def out_of_range(minimum: float | None, maximum: float | None) -> Label:
    """A number outside what its item allows."""
    low, high = _number(minimum), _number(maximum)
    if minimum is None:
        return Label(f"{high}以下の数値を入力してください。", f"Enter a number up to {high}.")
    if maximum is None:
        return Label(f"{low}以上の数値を入力してください。", f"Enter a number from {low}.")
    return Label(
        f"{low}から{high}までの数値を入力してください。", f"Enter a number from {low} to {high}."
    )


def no_such_code(codes: CodeList) -> Label:
    """A word that is on no list, with the words that are."""
    known = list(codes)[:_SHOWN]
    more = len(tuple(codes)) > _SHOWN
    ja = "」「".join(code.label.ja for code in known)
    en = ", ".join(code.label.en for code in known)
    return Label(
        f"選択肢にない値です。「{ja}」{'など' if more else ''}に対応付けてください。",
        f"This is none of the choices: {en}{' …' if more else ''}. Map it to one of them.",
    )


def computed(shown: str) -> Label:
    """An error value, or a formula without a result."""
    if shown == NOT_COMPUTED:
        return Label(
            "計算式の結果が保存されていません。Excelで開いて値として保存し直してください。",
            "The result of the formula was not saved. Open the file in Excel and save its values.",
        )
    return Label(
        f"Excelのエラー値（{shown[:10]}）です。値を入力し直してください。",
        f"This is an error value of Excel ({shown[:10]}). Enter the value itself.",
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
