"""What the fields share: reading one text, keeping it when refused, and being required."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms.fields.core import Field
from wtforms.validators import StopValidation
from wtforms.widgets import Input
from wtforms.widgets.core import clean_key

from app.core.items import Item
from app.core.labels import Label
from app.core.problems import InputProblem


class Required:
    """The item has to be filled; silent while the field already shows another problem.

    The empty tuple ("none applies") and False are answers.
    """

    def __call__(self, form: Any, field: Any) -> None:
        """Raise StopValidation with a sentence naming the field."""
        if field.errors or field.data is not None:
            return
        if getattr(field, "is_chosen", False):
            raise StopValidation(gettext("Choose %(label)s.", label=str(field.label.text)))
        raise StopValidation(gettext("Enter %(label)s.", label=str(field.label.text)))


class ItemInput(Input):
    """An input whose marks are for assistive technology; the server alone decides.

    A browser's own ``required`` would stop an unfinished draft from being saved.
    """

    input_type = "text"
    validation_attrs = ("disabled",)

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The element as markup."""
        rendered: Markup = super().__call__(field, **marks(field, kwargs))
        return rendered


def marks(field: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an element: those given, with the field's state added."""
    state = {"required": False, "autocomplete": "off"}
    if field.flags.required:
        state["aria-required"] = "true"
    if field.errors:
        state["aria-invalid"] = "true"
    return state | {clean_key(name): value for name, value in kwargs.items()}


class ItemField(Field):
    """A field that reads one text.

    Attributes for templates: ``item`` (its declaration or None), ``unit`` (Label or None),
    ``is_group`` (several inputs: fieldset and legend), ``flags.required`` (needed for this
    save), ``flags.marked`` (◎), ``type`` (the WTForms field it behaves as).
    """

    widget: Any = ItemInput()
    is_group = False
    is_chosen = False
    behaves_as = ""

    def __init__(
        self,
        label: Label | str | None = None,
        validators: Sequence[Any] | None = None,
        *,
        item: Item | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.item = item
        self.unit = item.unit if item else None
        self.type: str = self.behaves_as or type(self).__name__
        self.flags.marked = bool(item and item.mark)
        self.flags.required = any(isinstance(each, Required) for each in self.validators)

    def read(self, text: str) -> Any:
        """The value written in ``text`` (never blank). Raises ValueError with a sentence."""
        return text

    def written(self, value: Any) -> str:
        """How a stored value (never None) is written into the input."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was posted.

        A field absent from the form, or posted as it was written, keeps the stored value:
        a save never fails on, nor rewrites, what the user did not touch.
        """
        if not valuelist or self._is_untouched(str(valuelist[0])):
            return
        self.data = None
        text = str(valuelist[0])
        if not text.strip():
            return
        try:
            self.data = self.read(text)
        except InputProblem as problem:
            raise ValueError(problem.sentence) from problem

    def _is_untouched(self, text: str) -> bool:
        stored = self.object_data
        return stored is not None and text.replace("\r\n", "\n") == self.written(stored)

    def _value(self) -> str:
        return self.raw_text()

    def raw_text(self) -> str:
        """What the input shows: the text as typed, else the stored value written out."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)
