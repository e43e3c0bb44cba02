"""The gallery's data: every component with values as long and as odd as real ones."""

from types import SimpleNamespace
from typing import Any

from wtforms import Form, StringField, TelField

from app.core.fields import (
    CodeField,
    CodesField,
    DecimalItemField,
    EraDateField,
    KanaField,
    LongTextField,
    NormalisedStringField,
    ReferenceField,
    ReferenceSource,
    Required,
)
from app.core.labels import YES_NO_UNKNOWN, CodeList, Label
from app.core.pages import (
    Action,
    Card,
    Cell,
    Column,
    ConflictLine,
    Crumb,
    Field,
    FilterChip,
    FormPage,
    FormSection,
    ListPage,
    Pager,
    PersonHeader,
    Row,
    Tab,
)

_SEX = CodeList("sex", ("male", "男性", "Male"), ("female", "女性", "Female"))
_KIND = CodeList(
    "kind",
    ("patient", "患者（確定例）", "Patient (confirmed)"),
    ("carrier", "無症状病原体保有者", "Carrier without symptoms"),
)
_SYMPTOMS = CodeList(
    "symptoms",
    *(
        (word, word, word)
        for word in (
            "発熱",
            "咳",
            "咳以外の急性呼吸器症状",
            "肺炎像",
            "重篤な肺炎",
            "急性呼吸窮迫症候群",
            "多臓器不全",
            "全身倦怠感",
            "頭痛",
            "嘔気／嘔吐",
            "下痢",
            "結膜炎",
            "嗅覚・味覚障害",
        )
    ),
)
_NOWHERE = ReferenceSource(load=lambda _key: None, lookup_url=lambda: "/lookup/institutions")


class GalleryForm(Form):
    """One field of every kind the forms draw."""

    name = NormalisedStringField("氏名", [Required()])
    kana = KanaField("氏名（カナ）", description="全角カタカナ。姓と名の間は空けてください。")
    born_on = EraDateField("生年月日", [Required()])
    sex = CodeField("性別", codes=_SEX)
    postal_code = StringField(
        "郵便番号",
        render_kw={
            "inputmode": "numeric",
            "data-postal-url": "/lookup/postal",
            "data-postal-target": "city=city town=town",
        },
    )
    city = StringField("市区町村")
    town = StringField("町域・番地・建物名等")
    telephone = TelField("電話番号（携帯）")
    institution = ReferenceField(
        "届出医療機関", source=_NOWHERE, description="コードまたは名称の一部を入力"
    )
    kind = CodeField("診断（検案）した者の類型", codes=_KIND, radio=False)
    onset_on = EraDateField("発病年月日")
    temperature = DecimalItemField("体温")
    symptoms = CodesField("症状", codes=_SYMPTOMS)
    diabetes = CodeField("糖尿病", codes=YES_NO_UNKNOWN)
    hypertension = CodeField("高血圧", codes=YES_NO_UNKNOWN)
    smoking = CodeField("喫煙歴", codes=YES_NO_UNKNOWN)
    pregnancy = CodeField("妊娠", codes=YES_NO_UNKNOWN)
    pregnancy_weeks = StringField("妊娠週数", render_kw={"data-show-when": "pregnancy=yes"})
    remarks = LongTextField("診断前の臨床経過・治療内容・その他特記事項等")


def gallery_context() -> dict[str, Any]:
    """What ``gallery.html`` is rendered with. Needs a request (for the form)."""
    form = GalleryForm()
    for marked in (form.onset_on, form.symptoms):
        setattr(marked, "item", SimpleNamespace(mark="◎"))  # noqa: B010  # only its mark is drawn
    form.temperature.unit = Label("℃", "°C")
    form.name.errors = ("氏名を入力してください。",)
    return {
        "title": "部品一覧",
        "form": form,
        "form_page": gallery_form(form),
        "list_page": gallery_list(),
        "card": gallery_card(),
        "header": gallery_header(),
        "tabs": gallery_tabs(),
        "chips": (
            FilterChip("担当保健所", "多摩府中保健所", "?without=centre"),
            FilterChip("公表年月日", "令和2年4月1日～令和2年4月30日", "?without=date"),
        ),
        "actions": gallery_actions(),
        "conflict": gallery_conflict(),
        "crumbs": (Crumb("患者一覧", "/cases"), Crumb("13-000123", "/cases/1"), Crumb("部品一覧")),
        "no_rows": ListPage("検査", (), (), Pager(None, None, None, 0, False), None, "/tests"),
    }


def gallery_form(form: Form) -> FormPage:
    """The form in three sections, as ``generated/form.html`` takes it."""
    fields = list(form)
    sections = (("person", "患者の情報", 0, 8), ("report", "届出の内容", 8, 13))
    return FormPage(
        title="発生届の入力",
        form=form,
        sections=(
            *(FormSection(key, title, tuple(fields[a:b])) for key, title, a, b in sections),
            FormSection("risk", "重症化のリスク因子", tuple(fields[13:18])),
            FormSection("course", "診断前の経過", (form["remarks"],)),
        ),
        cancel_url="/cases",
        submit_label="登録する",
        header=gallery_header(),
        crumbs=(Crumb("患者一覧", "/cases"), Crumb("発生届の入力")),
    )


def gallery_actions() -> tuple[Action, ...]:
    """A button of every style."""
    return (
        Action("受理する", "/gallery", "post", "primary", "check"),
        Action("編集", "/gallery", "get", "secondary", "edit"),
        Action("削除", "/gallery", "post", "danger", "delete", "この記録を削除しますか。"),
        Action("Excel出力", "/gallery", "get", "plain", "download"),
    )


def gallery_header() -> PersonHeader:
    """A person with a long name and a masked reading."""
    return PersonHeader(
        number=Cell("13-20200430-000123"),
        name=Cell("勘解由小路 龍之介左衛門"),
        kana=Cell("カデノコウジ リュウノスケザエモン"),
        age=Cell("87歳"),
        sex=Cell("男性"),
        status=Cell("入院中", tone="warning"),
        centre=Cell("東京都多摩府中保健所"),
        url="/cases/1",
    )


def gallery_tabs() -> tuple[Tab, ...]:
    """The related lists of a case."""
    return (
        Tab("case", "基礎情報", "#", None, True),
        Tab("notification", "発生届", "#", 2),
        Tab("test", "検査", "#", 12),
        Tab("stay", "居所", "#", 0),
        Tab("activity", "行動歴", "#", 31),
        Tab("contact", "接触者", "#", 1240),
        Tab("observation", "健康観察", "#", 28),
        Tab("history", "変更履歴", "#"),
    )


def gallery_card() -> Card:
    """Values, a masked one, an empty one, a missing one and a long one."""
    return Card(
        "diagnosis",
        "診断",
        (
            Field("number", "HER-SYS ID", Cell("13-20200430-000123")),
            Field("onset_on", "発病年月日", Cell("2020-04-21（令和2年4月21日）"), "◎"),
            Field("method", "診断方法", Cell(), "◎", missing=True),
            Field("telephone", "電話番号（自宅）", Cell(masked=True)),
            Field("carrier", "無症状病原体保有者の検体採取日", Cell()),
            Field("status", "状態", Cell("宿泊療養中", tone="info")),
            Field(
                "remarks",
                "診断前の臨床経過・治療内容・その他特記事項等",
                Cell(
                    "4月21日から38度台の発熱と咳。\n4月24日にかかりつけ医を受診し、解熱剤を処方された。"
                ),
                wide=True,
            ),
        ),
    )


def gallery_conflict() -> tuple[ConflictLine, ...]:
    """Two lines: one both changed, one only they did."""
    return (
        ConflictLine("発病年月日", "2020-04-20", "2020-04-21", "2020-04-22", True),
        ConflictLine("担当保健所", "多摩府中保健所", "多摩府中保健所", "南多摩保健所", False),
    )


def gallery_list() -> ListPage:
    """Twelve columns with long names, masked and empty cells."""
    return ListPage(
        title="患者一覧",
        columns=(
            Column("number", "HER-SYS ID", "text", "?order=number", "desc"),
            Column("status", "状態", "code"),
            Column("kana", "氏名（カナ）", "text", "?order=kana"),
            Column("age", "年齢", "integer"),
            Column("sex", "性別", "code"),
            Column("municipality", "居住地市区町村", "reference"),
            Column("onset_on", "発病年月日", "date", "?order=onset_on"),
            Column("diagnosed_on", "診断年月日", "date", "?order=diagnosed_on"),
            Column("centre", "担当保健所", "reference"),
            Column("institution", "届出医療機関", "reference"),
            Column("temperature", "直近の体温", "decimal"),
            Column("remarks", "特記事項", "long_text"),
        ),
        rows=tuple(_row(number) for number in range(1, 13)),
        pager=Pager(None, None, "?after=13-12", 10000, True),
        search_form=None,
        search_url="/cases",
        bulk_actions=(
            Action("担当者を割り当てる", "/gallery/assign", "post", "secondary", "people"),
            Action("観察を終了する", "/gallery/end", "post", "secondary", None, "終了しますか。"),
        ),
        empty="条件に合う患者はいません。",
    )


_STATUSES = (
    ("受理待ち", "warning"),
    ("入院中", "danger"),
    ("宿泊療養中", "info"),
    ("療養解除", "success"),
    ("不明", "neutral"),
)
_PEOPLE = ("ヤマダ ハナコ", "カデノコウジ リュウノスケザエモン", "グエン ティ ミン カイ", "")


def _row(number: int) -> Row:
    text, tone = _STATUSES[number % len(_STATUSES)]
    kana = _PEOPLE[number % len(_PEOPLE)]
    return Row(
        key=str(number),
        url=f"/cases/{number}",
        cells=(
            Cell(f"13-{20200400 + number}-{number:06}"),
            Cell(text, tone=tone),
            Cell(kana, masked=not kana),
            Cell(str(7 * number % 100)),
            Cell("女性" if number % 2 else "男性"),
            Cell("東京都西多摩郡奥多摩町" if number % 3 else "千代田区"),
            Cell(f"2020-04-{number + 8:02}" if number % 4 else ""),
            Cell(f"2020-04-{number + 10:02}"),
            Cell(
                "多摩府中保健所" if number % 3 else "",
                url="/institutions/1" if number % 3 else None,
            ),
            Cell("独立行政法人国立病院機構災害医療センター" if number % 2 else "青木内科医院"),
            Cell(f"{36 + number % 4}.{number % 10}" if number % 5 else ""),
            Cell(
                "同居の父が先に陽性。職場は介護施設で、同僚三名に症状あり。" * 2
                if number % 4
                else ""
            ),
        ),
    )
