"""The form of an own layout: columns ticked, numbered and headed on one page, without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.core.fields import BooleanItemField, EraDateField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.japanese import normalise
from app.reports.kind import ReportKind
from app.reports.layout import NAME_LENGTH, PATTERN_WORDS, TITLE_LENGTH, Layout
from app.reports.models import ReportLayout

LAST = 999
"""Place of a column without a number: behind the others."""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A line of the form: the portal's word, and what is chosen."""

    key: str
    label: str
    shown: bool
    place: str
    heading: str


class LayoutFields(ItemForm):
    """Everything but the columns, which are read by :func:`posted_lines`."""

    name = NormalisedStringField(_l("Name of the layout"), [Required()], max_length=NAME_LENGTH)
    is_default = BooleanItemField(
        _l("Used for this report unless another layout is chosen"), default=False
    )
    title = NormalisedStringField(_l("Title over the list"), max_length=TITLE_LENGTH)
    file_pattern = NormalisedStringField(
        _l("Name of the file"),
        max_length=TITLE_LENGTH,
        description=_l(
            "%(words)s stand for report, area and day.",
            words=" ".join(f"{{{word}}}" for word in PATTERN_WORDS),
        ),
    )
    descending = BooleanItemField(_l("In reverse order"), default=False)


def layout_form(kind: ReportKind, saved: ReportLayout | None, day: Any) -> Any:
    """The bound form."""
    listing = kind.listing
    assert listing is not None, kind.key
    fields = {
        "sort": SelectField(_l("Order"), choices=_choices(listing.sorts)),
        "preset": SelectField(_l("Rows shown"), choices=_choices(listing.presets)),
        "preview_on": EraDateField(_l("Day of the preview"), default=day),
    }
    return type("LayoutForm", (LayoutFields,), fields)(obj=saved)


def stored_lines(layout: Layout, labels: Mapping[str, str]) -> list[ColumnLine]:
    """The lines of a layout: its columns first, then the others that exist for the reader."""
    chosen = {key: heading for key, heading in layout.columns if key in labels}
    lines = [
        ColumnLine(key, labels[key], True, str(number), heading)
        for number, (key, heading) in enumerate(chosen.items(), start=1)
    ]
    rest = (key for key in labels if key not in chosen)
    return [*lines, *(ColumnLine(key, labels[key], False, "", "") for key in rest)]


def posted_lines(posted: Mapping[str, str], labels: Mapping[str, str]) -> list[ColumnLine]:
    """What was posted, as it was typed; columns that do not exist for the reader are not read."""
    lines = [
        ColumnLine(
            key,
            label,
            f"show-{key}" in posted,
            posted.get(f"place-{key}", "").strip()[:4],
            _own_words(posted.get(f"heading-{key}", "")),
        )
        for key, label in labels.items()
    ]
    return sorted(lines, key=lambda line: (not line.shown, _place(line)))


def chosen_columns(lines: Sequence[ColumnLine]) -> tuple[tuple[str, str], ...]:
    """The ticked ones in their order; an own heading equal to the portal's is none."""
    return tuple(
        (line.key, "" if line.heading == line.label else line.heading)
        for line in lines
        if line.shown
    )


def typed_layout(form: Any, lines: Sequence[ColumnLine]) -> Layout:
    """The layout of a posted form."""
    return Layout(
        columns=chosen_columns(lines),
        sort=form.sort.data or "",
        preset=form.preset.data or "",
        descending=bool(form.descending.data),
        title=form.title.data or "",
        file_pattern=form.file_pattern.data or "",
    )


def _own_words(text: str) -> str:
    """One line as it was typed: a heading keeps its full-width signs."""
    return " ".join("".join(one for one in text if one.isprintable() or one.isspace()).split())


def _place(line: ColumnLine) -> int:
    number = normalise(line.place)
    return int(number) if number.isascii() and number.isdigit() else LAST


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(key, str(label)) for key, label in words.items()]
