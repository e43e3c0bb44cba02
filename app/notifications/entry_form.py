"""The form a doctor fills: one set of fields over the person's, the case's and its own items."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from flask import url_for
from wtforms import BooleanField, HiddenField

from app.cases.codes import SPECIMEN, SYMPTOM, TEST_METHOD, TEST_RESULT
from app.cases.models import LabTest
from app.core import fields as kinds
from app.core import forms
from app.core.items import Item, item_of
from app.core.labels import CodeList, Label
from app.core.pages import FormSection
from app.institutions.references import institutions_of_kind
from app.institutions.sources import prefectures
from app.notifications.form import NAMED_BY_LAW, form_items
from app.notifications.layout import (
    FORM_2020,
    FORM_2021_FROM,
    LINES,
    METHODS,
    PARTS,
    TEST_PARTS,
    Line,
)
from app.notifications.models import Notification

PREFECTURES = CodeList(
    "prefecture", *((row["code"], row["name"], row["romaji"]) for row in prefectures())
)

Options = tuple[tuple[str, str, str], ...]
"""(kind, method, value) of a disease's choices, see ``DiseaseOption``."""

_REPORTING_KINDS = ("clinic", "hospital", "test_centre")
_NOTIFIER = "institution_id"


class EntryForm(forms.ItemForm):
    """Base of the entry form: the tick under the warnings, and which warnings were shown."""

    confirmed_ = BooleanField()
    warned_ = HiddenField()
    # What a draft held when its form was opened.
    base_ = HiddenField()


@lru_cache(maxsize=64)
def entry_form_class(options: Options, *, by_proxy: bool) -> type[EntryForm]:
    """The form for a disease's choices; ``by_proxy`` lets a health centre name the notifier."""
    names = [n for n in LINES if n != _NOTIFIER or by_proxy]
    fields: dict[str, Any] = {name: _field(name, options) for name in names}
    return cast("type[EntryForm]", type("NotificationForm", (EntryForm,), fields))


def parts_of(form: EntryForm) -> tuple[FormSection, ...]:
    """The form's fields as the paper's cards, each label with its number."""
    return tuple(
        FormSection(
            part.key,
            str(part.label),
            tuple(_dressed(form[line.name], line) for line in part.lines if line.name in form),
        )
        for part in PARTS
    )


def typed_values(form: EntryForm) -> dict[str, Any]:
    """Item name → value as the rules read it; the tests' rows stand under ``lab_tests``."""
    held = forms.values(form)
    tests = []
    for method in METHODS:
        row = {part: held.pop(f"test_{method}_{part}", None) for part in TEST_PARTS}
        if method in (held.get("diagnosis_methods") or ()):
            tests.append({"method": method, **row})
    held["lab_tests"] = tests
    return held


def raw_values(submitted: Mapping[str, Any]) -> dict[str, list[str]]:
    """The strings of a posted form as a draft keeps them: known fields only, exactly as typed."""
    names = {name for line in LINES for name in (line, f"{line}_text")}
    lists = getattr(submitted, "lists", submitted.items)()
    return {name: [str(text) for text in texts] for name, texts in lists if name in names}


def form_data_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values (of a snapshot, a person) in the shape the form is filled from."""
    data = {name: value for name, value in values.items() if name != "lab_tests"}
    for test in values.get("lab_tests") or ():
        for part in TEST_PARTS:
            data[f"test_{test['method']}_{part}"] = test.get(part)
    return data


def item_of_line(name: str) -> Item:
    """The declaration behind a line of the form."""
    if name == _NOTIFIER:
        return item_of(Notification, name)
    if name.startswith("test_"):
        return item_of(LabTest, _test_part(name)[1])
    return form_items()[name]


def label_of_line(name: str) -> Label:
    """What the form calls a line; a test's part is named after its method."""
    label = item_of_line(name).label
    if not name.startswith("test_"):
        return label
    method = next(code.label for code in TEST_METHOD if code.value == _test_part(name)[0])
    short = method.ja.split("（")[0]
    return Label(f"{short}：{label.ja}", f"{method.en}: {label.en}")


def _test_part(name: str) -> tuple[str, str]:
    body = name.removeprefix("test_")
    method = next(m for m in METHODS if body.startswith(f"{m}_"))
    return method, body.removeprefix(f"{method}_")


def _field(name: str, options: Options) -> Any:
    item = item_of_line(name)
    if name in _CHOSEN_AMONG:
        among, hint = _CHOSEN_AMONG[name]
        source = institutions_of_kind(*among)
        return kinds.ReferenceField(item.label, source=source, item=item, description=hint)
    if name == "area_prefecture_code":
        return kinds.CodeField(item.label, codes=PREFECTURES, radio=False, item=item)
    if name.startswith("test_"):
        return _test_field(name, options)
    if name in _OFFERED:
        codes, kind = _OFFERED[name]
        return kinds.CodesField(
            item.label, codes=_narrowed(codes, _offered(options, kind)), item=item
        )
    if item.kind == "code" and item.required is not None:
        # A ◎ question is left open by not answering it: no circle stands for that.
        return kinds.CodeField(
            item.label, codes=item.codes or CodeList(name), item=item, blank=False
        )
    return getattr(forms.form_for(item.model or Notification, (name,)), name)


def _test_field(name: str, options: Options) -> Any:
    method, part = _test_part(name)
    item = item_of_line(name)
    label = label_of_line(name)
    if part == "collected_on":
        return kinds.EraDateField(label, item=item)
    if part == "result":
        return kinds.CodeField(label, codes=_RESULTS, item=item, blank=False)
    codes = _narrowed(SPECIMEN, _offered(options, "specimen", method))
    return kinds.CodeField(label, codes=codes, radio=False, item=item)


def _offered(options: Options, kind: str, method: str = "") -> tuple[str, ...]:
    return tuple(value for k, m, value in options if (k, m) == (kind, method))


def _narrowed(codes: CodeList, offered: Iterable[str]) -> CodeList:
    """The part of a list the disease's form prints; all of it where nothing is laid down."""
    wanted = set(offered)
    kept = [c for c in codes if not wanted or c.value in wanted]
    return CodeList(codes.name, *((c.value, c.label.ja, c.label.en) for c in kept))


def _dressed(field: Any, line: Line) -> Any:
    """What the template draws besides the item itself: number, condition, width."""
    label = str(field.label.text)
    if line.number and not label.startswith(line.number):
        field.label.text = f"{line.number}　{label}"
    field.show_when = line.show_when
    field.since = FORM_2021_FROM.isoformat() if line.since != FORM_2020 else ""
    field.minor = line.minor
    if line.name == "address" or line.name in NAMED_BY_LAW:
        # Without an address the notification does not find its health centre.
        field.flags.marked = True
    if line.name == "postal_code":
        url = url_for("LookupView.postal")
        field.render_kw = {"data-postal-url": url, "data-postal-target": "address=address"}
    return field


_OFFERED = {"symptoms": (SYMPTOM, "symptom"), "diagnosis_methods": (TEST_METHOD, "method")}
_RESULTS = _narrowed(TEST_RESULT, ("positive", "negative", "inconclusive", "pending"))
_PROXY_HINT = Label(
    "医療機関に代わって入力する場合に選択", "When entered on behalf of a medical institution"
)
_CENTRE_HINT = Label(
    "空欄の場合は、住所の市区町村を管轄する保健所に届け出ます。",
    "Left blank, the notification goes to the health centre in charge of the address.",
)
_CHOSEN_AMONG = {
    _NOTIFIER: (_REPORTING_KINDS, _PROXY_HINT),
    "responsible_centre_id": (("health_centre",), _CENTRE_HINT),
}
