"""Choice fields over code lists. A value outside the list is an error at the field.

A stored value that has since left the list stays choosable on its own record, so that a
save changes nothing the user did not touch.
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms.fields.choices import Choice, SelectFieldBase
from wtforms.widgets import CheckboxInput, RadioInput, Select
from wtforms.widgets.core import clean_key, html_params

from app.core.fields.base import ItemField, marks
from app.core.labels import CodeList

MOST_RADIOS = 5
"""Lists up to this length are shown as radio buttons, longer ones as a select."""
NONE_OF_THESE = "none_"
"""Posted for "asked, none applies"."""
OWN_NONE = "none"
"""The word by which a list itself says "none applies"."""


YES_NO = CodeList("yes_no", ("yes", "はい", "Yes"), ("no", "いいえ", "No"))


class ChoiceGroup:
    """Radio buttons or ticks, each with its label; the caller puts fieldset and legend."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The elements as markup."""
        attributes = {"id": field.id, "class": "choices"} | {
            clean_key(name): value for name, value in kwargs.items()
        }
        one = Markup('<div class="choice">{}{}</div>')
        options = Markup("").join(one.format(option(), option.label()) for option in field)
        return Markup("<div {}>{}</div>").format(html_params(**attributes), options)


class SelectWidget(Select):
    """A ``<select>`` with the marks of the item fields."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The element as markup."""
        rendered: Markup = super().__call__(field, **marks(field, kwargs))
        return rendered


class _Choosing(ItemField, SelectFieldBase):
    """A field over a code list; iterating gives one option field per choice."""

    is_chosen = True
    option_widget = RadioInput()

    def __init__(self, *args: Any, codes: CodeList, blank: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes, self.blank = codes, blank

    def _is_known(self, value: str) -> bool:
        return value in self.codes

    def _choice(self, value: str, label: object, selected: bool) -> Choice:
        return Choice(value=value, label=label, selected=selected, render_kw={})


class CodeField(_Choosing):
    """One code of a list: radio buttons for short lists, else a select; blank is None.

    ``numbered`` writes the code before its word, for codes people know by heart: typed, it
    finds the line of a select.
    """

    def __init__(
        self, *args: Any, radio: bool | None = None, numbered: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.numbered = numbered
        self.is_group = len(self.codes.values) <= MOST_RADIOS if radio is None else radio
        self.widget = ChoiceGroup() if self.is_group else SelectWidget()
        self.type = "RadioField" if self.is_group else "SelectField"
        if self.is_group:
            self.label.field_id = False

    def iter_choices(self) -> Iterator[Choice]:
        """Blank first, then the list in its order.

        A column that needs a value has no blank; a select without a value still shows one,
        because browsers would choose the first code unasked.
        """
        chosen = self.raw_text()
        if self.blank or not (self.is_group or self.object_data):
            yield self._choice("", gettext("(not entered)"), chosen == "")
        for code in self.codes:
            label = f"{code.value} {code.label}" if self.numbered else code.label
            yield self._choice(code.value, label, chosen == code.value)
        stored = self.object_data
        if stored and not self._is_known(stored):
            yield self._choice(stored, stored, chosen == stored)

    def read(self, text: str) -> Any:
        """The code."""
        if self._is_known(text):
            return text
        raise ValueError(gettext("Choose one of the values in the list."))


class CodesField(_Choosing):
    """Several codes as ticks: a tuple in the list's order.

    Nothing ticked is None ("not asked"); the tick "None of these" is the empty tuple. Lists
    with a code ``none`` of their own use that instead. ``blank=False``: nothing ticked is
    the empty tuple.
    """

    is_group = True
    widget = ChoiceGroup()
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label.field_id = False
        self.offers_none = self.blank and OWN_NONE not in self.codes

    def iter_choices(self) -> Iterator[Choice]:
        """The list in its order, then values no longer in it, then "None of these"."""
        ticked = self._ticked()
        for code in self.codes:
            yield self._choice(code.value, code.label, code.value in ticked)
        for value in self._retired():
            yield self._choice(value, value, value in ticked)
        if self.offers_none:
            yield self._choice(NONE_OF_THESE, gettext("None of these"), NONE_OF_THESE in ticked)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the ticks; browsers post nothing for an unticked group."""
        posted = {str(value) for value in valuelist if value}
        none_word = NONE_OF_THESE if self.offers_none else OWN_NONE
        known = (*self.codes.values, *self._retired())
        self.data = None
        acceptable = {*known, NONE_OF_THESE} if self.offers_none else set(known)
        if not posted <= acceptable:
            raise ValueError(gettext("Choose among the values in the list."))
        if none_word in posted and len(posted) > 1:
            raise ValueError(gettext("“None of these” cannot be ticked together with others."))
        chosen = tuple(value for value in known if value in posted)
        if chosen or NONE_OF_THESE in posted or not self.blank:
            self.data = chosen

    def _ticked(self) -> set[str]:
        if self.raw_data is not None:
            return {str(value) for value in self.raw_data}
        if self.data == () and self.offers_none:
            return {NONE_OF_THESE}
        return set(self.data or ())

    def _retired(self) -> tuple[str, ...]:
        return tuple(value for value in self.object_data or () if value not in self.codes)


class YesNoField(CodeField):
    """A boolean column that may be empty: yes, no or not entered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, codes=YES_NO, **kwargs)

    def read(self, text: str) -> bool:
        """True for yes."""
        return bool(super().read(text) == "yes")

    def written(self, value: bool) -> str:
        """The code behind the boolean."""
        return "yes" if value else "no"

    def _is_known(self, value: Any) -> bool:
        return isinstance(value, bool) or value in self.codes


class TickWidget(CheckboxInput):
    """A single tick box."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The element as markup."""
        kwargs.setdefault("checked", bool(field.data))
        rendered: Markup = super().__call__(field, **marks(field, kwargs))
        return rendered


class BooleanItemField(ItemField):
    """A tick: True or False."""

    widget = TickWidget()
    behaves_as = "BooleanField"

    def process_data(self, value: Any) -> None:
        """A stored value; None counts as not ticked."""
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Ticked when posted."""
        self.data = bool(valuelist) and str(valuelist[0]) not in ("", "no", "false", "0")

    def raw_text(self) -> str:
        """What the tick posts."""
        return "yes"
