"""What the address of the analysis page asks for, read and checked, and the form that asks it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice

from app.analysis.buckets import ABSENT, NOT_ENTERED
from app.analysis.dimensions import SUBJECT_LABELS, Dimension, dimensions
from app.analysis.measures import MEASURES, SHOWN_AS
from app.analysis.places import names_of, places_in
from app.analysis.question import FILTER, Question
from app.analysis.reach import Reach
from app.cases.models import LabTest, Stay
from app.core import clock
from app.core.dates import format_date
from app.core.fields import EraDateField
from app.core.items import item_of
from app.core.labels import Label
from app.generated.arguments import BadArgument
from app.statistics.measures import BASES
from app.statistics.queries import LONGEST_DAYS

SIDES: Mapping[str, Any] = {
    "row1": _l("Rows of the table"),
    "row2": _l("Rows of the table, second item"),
    "column1": _l("Columns of the table"),
    "column2": _l("Columns of the table, second item"),
}
NAMES = ("subject", "measure", "as", *SIDES, "basis", "from", "to", "of", "passing_on", "sort")
OF = {
    "counted": Label("集計対象のみ", "Counted cases only"),
    "all": Label("疑似症・受理前も含む", "Suspected and not accepted too"),
}
SORTS = {
    "": Label("項目の順", "In the order of the item"),
    "most": Label("多い順", "Largest first"),
    "fewest": Label("少ない順", "Smallest first"),
}
DEFAULTS = {"row1": "age_group", "column1": "sex"}
DEFAULT_DAYS = 28
LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """The bound form and, when nothing needs correcting, the question."""

    form: FlaskForm
    filters: tuple[tuple[Dimension, str], ...]
    """Dimensions that can be narrowed, with the names of their fields."""
    question: Question | None


def address(question: Question, endpoint: str = "AnalysisView.page", **more: Any) -> str:
    """The address of the question. Codes only; what is not personal may stand in an address."""
    values: dict[str, Any] = {}
    for name, value in question.arguments():
        values.setdefault(name, []).append(value)
    return url_for(endpoint, **values, **more)


def read(arguments: MultiDict[str, str], reach: Reach) -> Asked:
    """The form as filled in, and its question.

    Raises:
        BadArgument: a parameter that no form sends.
    """
    _only_known(arguments, reach)
    filled = _with_defaults(arguments)
    subject = filled["subject"] if filled.get("subject") in SUBJECT_LABELS else "case"
    filters = tuple((d, FILTER + d.key) for d in reach.dimensions(subject) if d.is_filter)
    # A filter of another subject is dropped when the subject is changed on the form.
    form = _form(filled, subject, reach, filters)
    if not form.validate() or not _is_whole(form):
        return Asked(form, filters, None)
    return Asked(form, filters, _question(form, filters))


def bases_of(subject: str) -> Mapping[str, Label]:
    """By which dates records of a subject are of a period."""
    if subject == "case":
        return {basis.attribute: basis.label for basis in BASES}
    model, names = (
        (LabTest, ("resulted_on", "collected_on"))
        if subject == "lab_test"
        else (Stay, ("from_on",))
    )
    return {name: item_of(model, name).label for name in names}


def conditions(question: Question, area: str) -> list[tuple[str, str]]:
    """What the table is of, in words: the page's and the files' heading."""
    lines = [
        (_("Area"), area),
        (_("Counted records"), str(SUBJECT_LABELS[question.subject])),
        (_("Which cases"), str(OF["counted" if question.counted else "all"])),
        (_("Period"), f"{format_date(question.first)}–{format_date(question.last)}"),
        (_("Date counted by"), str(bases_of(question.subject)[question.basis])),
    ]
    return [*lines, *filters_in_words(question)]


def filters_in_words(question: Question) -> list[tuple[str, str]]:
    """Item and chosen values."""
    lines = []
    for key, values in question.filters:
        dimension = dimensions()[key]
        names = names_of(dimension, values)
        words = [str(NOT_ENTERED) if one == ABSENT else names.get(one, one) for one in values]
        lines.append((dimension.label, "、".join(words)))
    return lines


def _only_known(arguments: MultiDict[str, str], reach: Reach) -> None:
    every = {FILTER + d.key for subject in SUBJECT_LABELS for d in reach.dimensions(subject)}
    for name, values in arguments.lists():
        known = name in NAMES or name in every
        several = name in every and len(values) <= 2000
        if not known or (len(values) > 1 and not several) or any(map(_is_broken, values)):
            raise BadArgument(_l("This address is not complete or has a mistake in it."))


def _is_broken(value: str) -> bool:
    return "\x00" in value or len(value) > LONGEST_VALUE


def _with_defaults(arguments: MultiDict[str, str]) -> MultiDict[str, str]:
    filled = MultiDict(arguments)
    usual = {} if any(name in arguments for name in SIDES) else DEFAULTS
    if not (filled.get("from", "").strip() or filled.get("to", "").strip()):
        today = clock.today()
        usual = usual | {
            "from": format_date(today - timedelta(days=DEFAULT_DAYS - 1)),
            "to": format_date(today),
        }
    for name in ("from", "to"):
        with suppress(ValueError):
            filled[name] = format_date(date.fromisoformat(filled.get(name, "")))
    for name, value in usual.items():
        # Set one by one: MultiDict.update() would leave a blank one in front of the new one.
        filled[name] = value
    return filled


def _form(
    filled: MultiDict[str, str],
    subject: str,
    reach: Reach,
    filters: Iterable[tuple[Dimension, str]],
) -> FlaskForm:
    offered = reach.dimensions(subject)
    sides = _by_section(offered)
    fields: dict[str, Any] = {
        "subject": _select(_l("Counted records"), SUBJECT_LABELS, "case"),
        "measure": _select(
            _l("Measure"), {m.key: m.label for m in reach.measures(subject)}, "records"
        ),
        "as": _select(_l("Shown as"), SHOWN_AS, "number"),
        **{name: SelectField(label, choices=sides, default="") for name, label in SIDES.items()},
        "basis": _select(_l("Date counted by"), bases_of(subject), next(iter(bases_of(subject)))),
        "from": EraDateField(_l("From")),
        "to": EraDateField(_l("To")),
        "of": _select(_l("Which cases"), OF, "counted"),
        "sort": _select(_l("Order of the rows"), SORTS, ""),
    }
    if not reach.sums_only:
        fields["passing_on"] = BooleanField(_l("For passing on (small numbers are hidden)"))
    for dimension, name in filters:
        choices = _values(dimension, reach)
        fields[name] = SelectMultipleField(dimension.label, choices=choices)
    keys = {dimension.key for dimension in offered}
    form_class = type("AnalysisForm", (FlaskForm,), fields)
    form: FlaskForm = form_class(
        formdata=_of_subject(filled, subject, keys, fields), meta={"csrf": False}
    )
    return form


def _of_subject(
    filled: MultiDict[str, str], subject: str, keys: set[str], fields: Mapping[str, Any]
) -> MultiDict[str, str]:
    """Without what was chosen for another subject, when the subject is changed on the form."""
    kept = MultiDict((k, v) for k, v in filled.items(multi=True) if k in fields)
    for side in SIDES:
        if kept.get(side) in dimensions() and kept[side] not in keys:
            kept.pop(side)
    if any(kept.get("basis") in bases_of(one) for one in SUBJECT_LABELS if one != subject) and (
        kept["basis"] not in bases_of(subject)
    ):
        kept.pop("basis")
    measure = MEASURES.get(kept.get("measure", ""))
    if measure is not None and subject not in measure.subjects:
        kept.pop("measure")
    return kept


def _select(label: object, words: Mapping[str, Label], default: str) -> SelectField:
    choices = [SelectChoice(key, str(word)) for key, word in words.items()]
    return SelectField(label, choices=choices, default=default)


def _by_section(offered: Iterable[Dimension]) -> list[SelectChoice]:
    """Those of one section stand together, in the order of the declarations."""
    groups: dict[str, list[SelectChoice]] = {"": [SelectChoice("", "—", optgroup=_("No item"))]}
    for dimension in offered:
        subject = "" if dimension.subject == "case" else f"{SUBJECT_LABELS[dimension.subject]} "
        group = f"{subject}{dimension.item.section.label}"
        choice = SelectChoice(dimension.key, dimension.label, optgroup=group)
        groups.setdefault(group, []).append(choice)
    return [choice for choices in groups.values() for choice in choices]


def _values(dimension: Dimension, reach: Reach) -> list[SelectChoice]:
    if dimension.item.codes is not None:
        choices = [SelectChoice(code.value, str(code.label)) for code in dimension.item.codes]
    else:
        choices = [SelectChoice(one.key, one.name) for one in places_in(dimension, reach)]
    if dimension.item.nullable and choices:
        choices.append(SelectChoice(ABSENT, str(NOT_ENTERED)))
    return choices


def _is_whole(form: FlaskForm) -> bool:
    """True when the answers go together; each problem is put at its field."""
    return _has_period(form) and _has_sides(form) and _goes_together(form)


def _has_period(form: FlaskForm) -> bool:
    begin, end = form["from"], form["to"]
    for one, other in ((begin, end), (end, begin)):
        # One day alone is meant as "on this day".
        if one.data is None:
            one.data = other.data
    if begin.data > end.data:
        end.errors = [_("The period ends before it begins.")]
    elif (end.data - begin.data).days >= LONGEST_DAYS:
        end.errors = [_("The period is longer than ten years.")]
    return not end.errors


def _has_sides(form: FlaskForm) -> bool:
    chosen: list[str] = []
    for name in SIDES:
        if form[name].data and form[name].data in chosen:
            form[name].errors = [_("This item is chosen already.")]
            return False
        chosen.append(form[name].data)
    if not (form["row1"].data or form["row2"].data):
        form["row1"].errors = [_("Choose what the rows are.")]
        return False
    return True


def _goes_together(form: FlaskForm) -> bool:
    measure = MEASURES[form["measure"].data]
    if not measure.adds_up and form["as"].data != "number":
        form["as"].errors = [_("A mean or median has no share and no rate.")]
        return False
    return True


def _question(form: FlaskForm, filters: Iterable[tuple[Dimension, str]]) -> Question:
    sides = {side: form[side].data for side in SIDES}
    passing_on = "passing_on" in form and bool(form["passing_on"].data)
    return Question(
        subject=form["subject"].data,
        measure=form["measure"].data,
        shown_as=form["as"].data,
        rows=tuple(key for side in ("row1", "row2") if (key := sides[side])),
        columns=tuple(key for side in ("column1", "column2") if (key := sides[side])),
        basis=form["basis"].data,
        first=form["from"].data,
        last=form["to"].data,
        counted=form["of"].data == "counted",
        filters=tuple(
            (dimension.key, tuple(form[name].data))
            for dimension, name in filters
            if form[name].data
        ),
        passing_on=passing_on,
        sort=form["sort"].data,
    )
