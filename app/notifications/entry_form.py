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
from app.notifications.codes import INFECTION_ROUTE
from app.notifications.form import NAMED_BY_LAW, form_items
from app.notifications.layout import (
    CALLED,
    COVID_19,
    FORM_FROM,
    FREE_WORDS,
    GENERAL,
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

Choices = Mapping[str, tuple[CodeList, str]]
"""Item → our list of words and the kind of option a disease registers for it."""

_REPORTING_KINDS = ("clinic", "hospital", "test_centre")
_NOTIFIER = "institution_id"


class EntryForm(forms.ItemForm):
    """Base of the entry form: the tick under the warnings, and which warnings were shown."""

    confirmed_ = BooleanField()
    warned_ = HiddenField()
    # What a draft held when its form was opened.
    base_ = HiddenField()
    family = COVID_19
    unlisted: frozenset[str] = frozenset()
    """Items the disease has no options for: asked for in free words."""


@lru_cache(maxsize=64)
def entry_form_class(
    options: Options, *, by_proxy: bool, family: str = COVID_19
) -> type[EntryForm]:
    """The form for a disease's choices; ``by_proxy`` lets a health centre name the notifier."""
    covid = family == COVID_19
    unlisted = frozenset() if covid else _unlisted(options)
    left_out = "general" if covid else "covid"
    names = [
        name
        for name, line in LINES.items()
        if line.only != left_out and name not in unlisted and (name != _NOTIFIER or by_proxy)
    ]
    choices = _CHOICES if covid else _CHOICES | _GENERAL_CHOICES
    fields: dict[str, Any] = {name: _field(name, options, choices) for name in names}
    told: dict[str, Any] = {"family": family, "unlisted": unlisted}
    return cast("type[EntryForm]", type("NotificationForm", (EntryForm,), fields | told))


def _unlisted(options: Options) -> frozenset[str]:
    kinds_offered = {kind for kind, _method, _value in options}
    return frozenset(
        n for n, (_codes, kind) in _GENERAL_CHOICES.items() if kind not in kinds_offered
    )


def parts_of(form: EntryForm) -> tuple[FormSection, ...]:
    """The form's fields as the paper's cards, each label with its number."""
    return tuple(
        FormSection(
            part.key,
            str(part.label),
            tuple(
                _dressed(form[line.name], line, form) for line in part.lines if line.name in form
            ),
        )
        for part in PARTS
    )


def typed_values(form: EntryForm) -> dict[str, Any]:
    """Item name → value as the rules read it; the tests' rows stand under ``lab_tests``."""
    held = forms.values(form)
    held |= {"family": form.family, "unlisted": tuple(sorted(form.unlisted))}
    if form.family != COVID_19:
        return general_values(held)
    tests = []
    for method in METHODS:
        row = {part: held.pop(f"test_{method}_{part}", None) for part in TEST_PARTS}
        if method in (held.get("diagnosis_methods") or ()):
            tests.append({"method": method, **row})
    held["lab_tests"] = tests
    return held


def general_values(held: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a disease's general form; free words stand for "other", the sample of item
    12 for one test by each method."""
    values = {name: value for name, value in held.items() if not name.startswith(_SAMPLE)}
    for name in values["unlisted"]:
        said = values.get(FREE_WORDS[name])
        values[name] = ("other",) if said else None
    if values.get("symptoms") is None and values.get("diagnosis_type") == "asymptomatic_carrier":
        values["symptoms"] = ()
    sample = {part: held.get(_SAMPLE + part) for part in _SAMPLE_PARTS}
    specimens: tuple[str, ...] = values.get("specimens") or ()
    tests = []
    if any(sample.values()) or specimens:
        # A test of a case knows our own words only; the document keeps what was chosen.
        specimen = _ours(specimens[0], SPECIMEN) if len(specimens) == 1 else None
        methods = dict.fromkeys(
            _ours(method, TEST_METHOD) for method in values.get("diagnosis_methods") or ()
        )
        tests = [{"method": method, "specimen": specimen, **sample} for method in methods]
    return values | {"lab_tests": tests}


def _ours(value: str, codes: CodeList) -> str:
    return value if value in codes else "other"


def raw_values(submitted: Mapping[str, Any]) -> dict[str, list[str]]:
    """The strings of a posted form as a draft keeps them: known fields only, exactly as typed."""
    names = {name for line in LINES for name in (line, f"{line}_text")}
    lists = getattr(submitted, "lists", submitted.items)()
    return {name: [str(text) for text in texts] for name, texts in lists if name in names}


def form_data_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values (of a snapshot, a person) in the shape the form is filled from."""
    data = {name: value for name, value in values.items() if name != "lab_tests"}
    general = values.get("form_version") == GENERAL
    for test in values.get("lab_tests") or ():
        if general:
            data |= {f"test_sample_{part}": test.get(part) for part in _SAMPLE_PARTS}
            continue
        for part in TEST_PARTS:
            data[f"test_{test['method']}_{part}"] = test.get(part)
    return data


def item_of_line(name: str) -> Item:
    """The declaration behind a line of the form."""
    if name == _NOTIFIER:
        return item_of(Notification, name)
    return item_of(LabTest, _test_part(name)[1]) if name.startswith("test_") else form_items()[name]


def label_of_line(name: str) -> Label:
    """What the form calls a line; a test's part is named after its method."""
    label = item_of_line(name).label
    if not name.startswith("test_"):
        return label
    if name.startswith(_SAMPLE):
        return label
    method = next(code.label for code in TEST_METHOD if code.value == _test_part(name)[0])
    short = method.ja.split("（")[0]
    return Label(f"{short}：{label.ja}", f"{method.en}: {label.en}")


def _test_part(name: str) -> tuple[str, str]:
    body = name.removeprefix("test_")
    method = next(m for m in (*METHODS, "sample") if body.startswith(f"{m}_"))
    return method, body.removeprefix(f"{method}_")


def _field(name: str, options: Options, choices: Choices) -> Any:
    item = item_of_line(name)
    if name in _CHOSEN_AMONG:
        among, hint = _CHOSEN_AMONG[name]
        source = institutions_of_kind(*among)
        return kinds.ReferenceField(item.label, source=source, item=item, description=hint)
    if name == "area_prefecture_code":
        return kinds.CodeField(item.label, codes=PREFECTURES, radio=False, numbered=True, item=item)
    if name.startswith("test_"):
        return _test_field(name, options)
    if name in choices:
        codes, kind = choices[name]
        offered = tuple(dict.fromkeys(v for k, _method, v in options if k == kind))
        codes = (_worded if "specimens" in choices else _narrowed)(codes, offered)
        return kinds.CodesField(item.label, codes=codes, item=item)
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


def _reachable(show_when: str, form: EntryForm) -> str:
    """A condition on a choice the disease does not offer would never be met: no condition."""
    name, _is, wanted = show_when.partition("=")
    if form.family == COVID_19 or name not in _GENERAL_CHOICES or name not in form:
        return show_when
    return show_when if wanted in form[name].codes else ""


def _worded(codes: CodeList, offered: Iterable[str]) -> CodeList:
    """A list as it is registered: words of our own list in both languages, others as typed."""
    known = {code.value: code.label for code in codes}
    rows = ((v, known[v].ja, known[v].en) if v in known else (v, v, v) for v in offered)
    return CodeList(codes.name, *rows)


def _dressed(field: Any, line: Line, form: EntryForm) -> Any:
    """What the template draws besides the item itself: number, condition, width."""
    asked_freely = next((n for n in form.unlisted if FREE_WORDS[n] == line.name), None)
    if asked_freely is not None:
        item = item_of_line(asked_freely)
        field.label.text = item.label
        field.flags.marked = item.mark
        field.description = _UNLISTED
    if line.name in CALLED:
        field.label.text, field.item, field.flags.marked = CALLED[line.name], None, False
    label = str(field.label.text)
    if line.number and not label.startswith(line.number):
        field.label.text = f"{line.number}　{label}"
    field.show_when = "" if asked_freely else _reachable(line.show_when, form)
    since = FORM_FROM.get(line.since)
    field.since = since.isoformat() if since else ""
    field.minor = line.minor
    if line.name == "address" or line.name in NAMED_BY_LAW:
        # Without an address the notification does not find its health centre.
        field.flags.marked = True
    if line.name == "postal_code":
        url = url_for("LookupView.postal")
        field.render_kw = {"data-postal-url": url, "data-postal-target": "address=address"}
    return field


_UNLISTED = Label(
    "選択肢未登録：文章で記入してください。",
    "No options registered yet: write in your own words.",
)
_SAMPLE = "test_sample_"
_SAMPLE_PARTS = ("collected_on", "result")
_CHOICES: dict[str, tuple[CodeList, str]] = {
    "symptoms": (SYMPTOM, "symptom"),
    "diagnosis_methods": (TEST_METHOD, "method"),
}
_GENERAL_CHOICES: dict[str, tuple[CodeList, str]] = {
    **_CHOICES,
    "specimens": (SPECIMEN, "specimen"),
    "infection_route": (INFECTION_ROUTE, "route"),
}
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
