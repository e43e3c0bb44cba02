"""What the sender of a row is told about it; never with the value itself."""

from app.core.labels import CodeList, Label

NO_KEY = Label("登録IDを入力してください。", "Enter the registration ID.")
BAD_KEY = Label(
    "登録IDは4〜40桁の英数字で入力してください。",
    "A registration ID has 4 to 40 letters or digits.",
)
NO_DISEASE = Label("疾病名を入力してください。", "Enter the disease.")
UNKNOWN_DISEASE = Label(
    "正式な疾病名を入力してください（例：新型コロナウイルス感染症）。",
    "There is no disease of this name.",
)
NO_CENTRE = Label(
    "患者居住地保健所または届出受理保健所を入力してください。",
    "Enter the health centre of residence or the accepting one.",
)
UNKNOWN_CENTRE = Label(
    "保健所の正式な名称を入力してください（例：新宿区保健所）。",
    "No health centre of this name is registered.",
)
UNKNOWN_AUTHORITY = Label(
    "自治体の正式な名称を入力してください（例：新宿区）。",
    "No authority of this name is registered.",
)
OUTSIDE_SCOPE = Label(
    "担当外の保健所の患者です。担当する保健所で取り込んでください。",
    "This patient belongs to another health centre, which imports it itself.",
)
FUTURE = Label(
    "未来の日付です。今日までの日付を入力してください。",
    "This day lies in the future. Enter a day up to today.",
)
BORN_LATER = Label(
    "生年月日が診断年月日より後になっています。どちらかを訂正してください。",
    "The date of birth lies after the diagnosis. Put one of the two right.",
)
AGE = Label(
    "診断時年齢が生年月日・診断年月日と合いません。いずれかを訂正してください。",
    "The age does not agree with the date of birth and the diagnosis. Put one of them right.",
)
FAULTY_CELL = Label(
    "セルがエラー値、または計算されていない数式です。値を入力してください。",
    "The cell is an error, or a formula never computed. Type its value.",
)
NOT_KANA = Label("フリガナはかなで入力してください。", "Enter the reading in kana.")
NOT_A_PHONE = Label(
    "電話番号は市外局番から数字で入力してください（例：03-1234-5678）。不明なら空欄にしてください。",
    "Enter the telephone number in digits with its area code, or leave the cell empty.",
)
BAD_TEST = Label(
    "「方法;検体;採取日;結果」の形で入力してください。",
    "Write it as method;specimen;day;result.",
)
RAGGED = Label(
    "見出しより多くの列に値があります。区切りの「,」や引用符を確認してください。",
    "There are more cells than headings. Check commas and quotation marks.",
)
BROKEN = Label(
    "文字化けした文字、または使用できない文字が含まれています。入力し直してください。",
    "The text holds a character that was lost or cannot be stored. Type it again.",
)
_NAMED = 6


def in_words(label: str, sentence: str) -> str:
    """A kind of fault and its sentence as one text, without saying the same twice."""
    said = label.rstrip("。.")
    return sentence if sentence.startswith(said) else f"{said}。{sentence}"


def one_of(codes: CodeList) -> Label:
    """The sentence that names the first words of a list."""
    some = [code.label for code in codes][:_NAMED]
    more = ("など", " …") if len(codes.values) > len(some) else ("", "")
    ja = "、".join(f"「{label.ja}」" for label in some)
    return Label(
        f"次のいずれかを入力してください：{ja}{more[0]}",
        f"One of: {', '.join(label.en for label in some)}{more[1]}",
    )
