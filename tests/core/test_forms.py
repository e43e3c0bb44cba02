"""Forms built from items read what people type and change only what they changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped

from app.core.db import CodeSet, Record, UtcDateTime
from app.core.fields import ReferenceSource
from app.core.forms import (
    STALE,
    ItemForm,
    apply,
    form_for,
    sections,
    show_problems,
    values,
)
from app.core.items import Privacy, Section, Stage, item
from app.core.labels import YES_NO_UNKNOWN, CodeList, Label

PERSON = Section("person", 10, Label("氏名", "Name"))
HEALTH = Section("health", 5, Label("健康", "Health"))
SYMPTOMS = CodeList("symptom", ("fever", "発熱", "Fever"), ("cough", "咳", "Cough"))
KINDS = CodeList("kind", *((f"k{n}", f"種別{n}", f"Kind {n}") for n in range(6)))
COMMON: dict[str, Any] = {"privacy": Privacy.OPERATIONAL}


class Base(DeclarativeBase):
    """Apart from the portal's tables."""


class Visit(Record, Base):
    """One item of each kind."""

    __tablename__ = "visit"

    name: Mapped[str] = item(
        String(10), ja="氏名", en="Name", section=PERSON, nullable=False, **COMMON
    )
    kana: Mapped[str | None] = item(String(20), ja="カナ", en="Kana", section=PERSON, **COMMON)
    onset_on: Mapped[date | None] = item(
        Date, ja="発病日", en="Onset", section=HEALTH, required=Stage.NOTIFICATION, **COMMON
    )
    seen_at: Mapped[datetime | None] = item(
        UtcDateTime, ja="診察", en="Seen", section=HEALTH, required=Stage.ACCEPTANCE, **COMMON
    )
    temperature: Mapped[Decimal | None] = item(
        Numeric(3, 1),
        ja="体温",
        en="Temperature",
        section=HEALTH,
        minimum=34,
        maximum=43,
        unit=Label("℃", "℃"),
        hint=Label("朝", "Morning"),
        **COMMON,
    )
    spo2: Mapped[int | None] = item(
        Integer,
        ja="SpO2",
        en="SpO2",
        section=HEALTH,
        minimum=50,
        maximum=100,
        unit=Label("％", "%"),
        **COMMON,
    )
    contacts: Mapped[int | None] = item(Integer, ja="人数", en="Contacts", section=HEALTH, **COMMON)
    travelled: Mapped[str | None] = item(
        String(10), ja="渡航", en="Travelled", section=HEALTH, codes=YES_NO_UNKNOWN, **COMMON
    )
    kind: Mapped[str | None] = item(
        String(10), ja="種別", en="Kind", section=HEALTH, codes=KINDS, **COMMON
    )
    symptoms: Mapped[tuple[str, ...] | None] = item(
        CodeSet, ja="症状", en="Symptoms", section=HEALTH, codes=SYMPTOMS, **COMMON
    )
    urgent: Mapped[bool] = item(
        Boolean, ja="至急", en="Urgent", section=HEALTH, nullable=False, default=True, **COMMON
    )
    alive: Mapped[bool | None] = item(Boolean, ja="生存", en="Alive", section=HEALTH, **COMMON)
    note: Mapped[str | None] = item(Text, ja="備考", en="Note", section=PERSON, **COMMON)
    centre_id: Mapped[int | None] = item(
        Integer, ja="保健所", en="Centre", section=PERSON, reference="Centre", **COMMON
    )
    number: Mapped[str | None] = item(
        String(5), ja="番号", en="Number", section=PERSON, editable=False, **COMMON
    )


CENTRES = {1: "中央保健所", 2: "北保健所", 3: "北保健所支所"}
SOURCE = ReferenceSource(
    load=CENTRES.get,
    lookup_url=lambda: "/lookup/centre",
    search=lambda text: [(key, name) for key, name in CENTRES.items() if text in name],
)
NAMES = tuple(
    name
    for name in Visit.__table__.columns.keys()  # noqa: SIM118 (a column collection is no dict)
    if name not in ("id", "row_version", "number")
)
VisitForm = form_for(Visit, NAMES, references={"centre_id": SOURCE})


@pytest.fixture(name="flask_app", scope="module")
def _flask_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False, BABEL_DEFAULT_LOCALE="en", TESTING=True
    )
    Babel(app)
    return app


@pytest.fixture(autouse=True)
def _request(flask_app: Flask) -> Iterator[None]:
    with flask_app.test_request_context():
        yield


def post(flask_app: Flask, data: dict[str, Any], obj: Any = None, form: Any = VisitForm) -> Any:
    """The form as it is after posting ``data``."""
    with flask_app.test_request_context(method="POST", data=data):
        made = form(obj=obj)
        made.valid = made.validate()
        return made


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("name", " 山田　太郎 ", "山田 太郎"),
        ("kana", "やまだ　ﾀﾛｳ", "ヤマダ タロウ"),
        ("kana", "", None),
        ("onset_on", "Ｒ２．４．３０", date(2020, 4, 30)),
        ("onset_on", " ", None),
        ("seen_at", "2020-04-30T09:05", datetime(2020, 4, 30, 0, 5, tzinfo=UTC)),
        ("temperature", "３７．５℃", Decimal("37.5")),
        ("temperature", "37.5度", Decimal("37.5")),
        ("spo2", "９８％", 98),
        ("spo2", "98 %", 98),
        ("contacts", "1,234", 1234),
        ("contacts", "−3", -3),
        ("contacts", "0", 0),
        ("travelled", "unknown", "unknown"),
        ("travelled", "", None),
        ("kind", "k5", "k5"),
        ("symptoms", ["cough", "fever"], ("fever", "cough")),
        ("symptoms", ["none_"], ()),
        ("symptoms", [], None),
        ("urgent", "yes", True),
        ("urgent", [], False),
        ("alive", "no", False),
        ("alive", "", None),
        ("note", "①咳\r\n②熱 ", "①咳\n②熱"),
        ("centre_id", "2", 2),
        ("centre_id", "", None),
    ],
)
def test_what_people_type_becomes_a_value(
    flask_app: Flask, name: str, typed: Any, value: Any
) -> None:
    form = post(flask_app, {"name": "山田", name: typed})
    assert form.errors == {}
    assert values(form)[name] == value
    assert type(form[name].data) is type(value)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("name", "あいうえおかきくけこさ", "Write at most 10 characters (now 11)."),
        ("name", "山\x00田", "control character"),
        ("name", " ", "Enter 氏名."),
        ("note", "a\x07b", "control character"),
        ("kana", "山田", "Write the reading in katakana."),
        ("onset_on", "2020/2/31", "no such day"),
        ("onset_on", "平成32年1月1日", "Heisei ended on 2019-04-30"),
        ("seen_at", "2020-04-30", "date and time"),
        ("temperature", "33.9", "Enter a value from 34 ℃ to 43 ℃."),
        ("temperature", "37,5", "Enter a number."),
        ("temperature", "NaN", "Enter a number."),
        ("temperature", "37.55", "Enter at most 1 decimal places."),
        ("temperature", "1e400", "Enter a number."),
        ("spo2", "98.5", "Enter a whole number."),
        ("spo2", "101", "Enter a value from 50 % to 100 %."),
        ("contacts", "9" * 15, "The number is too large."),
        ("contacts", "9" * 5000, "Enter a whole number."),
        ("travelled", "maybe", "Choose one of the values in the list."),
        ("kind", "K5", "Choose one of the values in the list."),
        ("symptoms", ["fever", "'; drop"], "Choose among the values in the list."),
        ("symptoms", ["fever", "none_"], "cannot be ticked together"),
        ("alive", "perhaps", "Choose one of the values in the list."),
        ("centre_id", "99", "There is no such record."),
        ("centre_id", "9" * 30, "There is no such record."),
        ("centre_id", "1 or 1=1", "There is no such record."),
        ("centre_id", "٣", "There is no such record."),
    ],
)
def test_a_refused_value_is_kept_with_one_sentence(
    flask_app: Flask, name: str, typed: Any, sentence: str
) -> None:
    form = post(flask_app, {"name": "山田", name: typed})
    assert not form.valid
    [error] = form[name].errors
    assert sentence.replace("氏名", str(form.name.label.text)) in error_text(error)
    assert list(form.errors) == [name]
    if isinstance(typed, str):
        assert form[name].raw_text() == typed


def error_text(error: Any) -> str:
    """The English wording, whether catalogue sentence or label."""
    return error.en if isinstance(error, Label) else str(error)


def test_only_asked_stages_are_required(flask_app: Flask) -> None:
    names = ("name", "onset_on", "seen_at")
    for stage, missing in (
        (None, {"name"}),
        (Stage.NOTIFICATION, {"name", "onset_on"}),
        (Stage.FOLLOW_UP, {"name", "onset_on", "seen_at"}),
    ):
        form = post(flask_app, {}, form=form_for(Visit, names, required_stage=stage))
        assert set(form.errors) == missing
        assert {field.short_name for field in form if field.flags.required} == missing


def test_a_required_field_names_itself_in_the_readers_language(flask_app: Flask) -> None:
    with flask_app.test_request_context(method="POST", headers={"Accept-Language": "en"}):
        form: Any = form_for(Visit, ("name",))()
        form.validate()
        assert form.name.errors == ["Enter Name."]


def stored_visit(**given: Any) -> Visit:
    """A visit as it lies in the database."""
    return Visit(row_version=3, **({"name": "山田", "urgent": False} | given))


def rendered(form: Any) -> dict[str, Any]:
    """What a browser would post back, untouched."""
    out: dict[str, Any] = {}
    for field in form:
        if field.short_name in ("urgent", "symptoms", "travelled", "alive", "kind"):
            continue
        out[field.name] = str(field._value())
    return out | {
        "centre_id_text": form.centre_id.shown_text(),
        "symptoms": [o.data for o in form.symptoms if o.checked],
        **{
            name: [c.value for c in form[name].iter_choices() if c.selected]
            for name in ("travelled", "alive", "kind")
        },
        **({"urgent": "yes"} if form.urgent.data else {}),
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"note": "", "symptoms": ()},
        {"seen_at": datetime(2020, 4, 30, 0, 5, 59, tzinfo=UTC), "symptoms": ("cough",)},
        {"kana": "外字（漢字）", "name": "十文字を超える長い旧名称です"},
        {"kind": "retired", "symptoms": ("fever", "retired"), "alive": False, "urgent": True},
        {"centre_id": 99, "temperature": Decimal("36.0"), "onset_on": date(1870, 1, 1)},
        {"note": "一行目\n\n  三行目", "contacts": 1_000_000},
    ],
)
def test_saving_an_untouched_form_changes_nothing(flask_app: Flask, given: dict[str, Any]) -> None:
    visit = stored_visit(**given)
    form = post(flask_app, rendered(VisitForm(obj=visit)), visit)
    assert form.errors == {}
    assert apply(form, visit) == ()


def test_only_changed_items_are_set(flask_app: Flask) -> None:
    visit = stored_visit(kana="ヤマダ", spo2=98)
    posted = rendered(VisitForm(obj=visit)) | {"spo2": "９５", "kana": "やまだ"}
    form = post(flask_app, posted, visit)
    assert apply(form, visit) == ("spo2",)
    assert visit.spo2 == 95


@pytest.mark.parametrize(
    ("posted", "value"),
    [
        ({"centre_id": "1", "centre_id_text": "北保健所"}, 2),
        ({"centre_id": "1", "centre_id_text": ""}, None),
        ({"centre_id": "2", "centre_id_text": "北保健所（北区）"}, 2),
        ({"centre_id": "", "centre_id_text": "支所"}, 3),
        ({}, 1),
    ],
)
def test_a_reference_is_chosen_by_key_or_by_typed_text(
    flask_app: Flask, posted: dict[str, str], value: int | None
) -> None:
    form = post(flask_app, {"name": "山田", **posted}, stored_visit(centre_id=1))
    assert form.errors == {}
    assert form.centre_id.data == value


def test_typed_text_that_fits_several_records_says_so(flask_app: Flask) -> None:
    form = post(flask_app, {"name": "山田", "centre_id": "", "centre_id_text": "北"})
    assert form.centre_id.errors == ["Several records fit. Write the name in full."]
    assert 'value="北"' in form.centre_id()


def test_sections_follow_their_order_and_fields_the_form() -> None:
    form = form_for(Visit, ("name", "spo2", "temperature"))()
    found = [(card.title, [f.short_name for f in card.fields]) for card in sections(form, Visit)]
    assert [names for _, names in found] == [["spo2", "temperature"], ["name"]]
    assert found[1][0] == str(PERSON.label)


def test_every_field_renders_without_script_or_style() -> None:
    html = render_template_string(
        "{{ form.hidden_tag() }}{% for f in form %}{{ f.label }}{{ f() }}{% endfor %}",
        form=VisitForm(obj=stored_visit(onset_on=date(2020, 4, 30), note="<b>&", centre_id=1)),
    )
    assert "style=" not in html
    assert "onclick" not in html
    assert 'value="2020-04-30"' in html
    assert "&lt;b&gt;&amp;" in html
    assert 'data-lookup-url="/lookup/centre"' in html
    assert 'name="row_version_" type="hidden" value="3"' in html
    assert html.count('type="radio"') == 4 + 3
    assert " required" not in html


def test_a_new_record_starts_with_the_columns_default() -> None:
    assert VisitForm().urgent.data is True
    assert VisitForm().row_version_.data is None
    assert len(VisitForm().form_token_.data) == 32


@pytest.mark.parametrize(("posted", "version"), [("3", 3), ("x", -1), ("9" * 40, -1), ("", None)])
def test_an_unreadable_version_is_a_stale_one(flask_app: Flask, posted: str, version: Any) -> None:
    form = post(flask_app, {"name": "山田", "row_version_": posted}, stored_visit())
    assert form.row_version_.data == version


def test_a_token_that_is_not_ours_is_replaced(flask_app: Flask) -> None:
    ours = "0" * 32
    assert post(flask_app, {"form_token_": ours}).form_token_.data == ours
    assert post(flask_app, {"form_token_": "x" * 32}).form_token_.data != "x" * 32


def test_a_form_class_keeps_nothing_of_a_request(flask_app: Flask) -> None:
    post(flask_app, {"name": "\x00"})
    assert post(flask_app, {"name": "山田"}).valid
    assert VisitForm().name.data is None


def test_problems_of_a_service_appear_at_their_fields(flask_app: Flask) -> None:
    form = post(flask_app, {"name": "山田"})
    assert show_problems(form, {"onset_on": ["after death"], "x": ["whole form"]}) == (
        "whole form",
    )
    assert list(form.onset_on.errors) == ["after death"]


def test_items_the_portal_issues_cannot_stand_in_a_form() -> None:
    with pytest.raises(ValueError, match="number"):
        form_for(Visit, ("number",))
    with pytest.raises(KeyError):
        form_for(Visit, ("nothing",))


def test_a_post_without_the_csrf_token_is_refused() -> None:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x" * 32)
    Babel(app)
    CSRFProtect(app)
    with app.test_request_context(method="POST", data={"name": "山田"}):
        form = VisitForm()
        assert not form.validate()
        assert list(form.errors) == ["csrf_token"]


def test_json_is_not_a_form(flask_app: Flask) -> None:
    with flask_app.test_request_context(method="POST", json={"name": ["\ud800"]}):
        form: Any = ItemForm()
        assert form.data["row_version_"] == STALE
        assert VisitForm().name.data is None
