"""A field that points at another record: a hidden key and the text people read.

With JavaScript the text input offers matches from ``lookup_url``; without it, text that
names exactly one record is accepted when the source can ``search``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms.widgets.core import html_params

from app.core.fields.base import ItemField, marks
from app.core.fields.numbers import LARGEST

Key = int | str


def number_key(text: str) -> int | None:
    """A primary key that is a number in ``text``, or None when it cannot be one."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST)):
        return None
    return int(text) if int(text) <= LARGEST else None


def code_key(text: str) -> str | None:
    """A primary key that is an official code (prefecture, municipality), zeros kept."""
    return text if text.isascii() and text.isdigit() and len(text) <= 6 else None


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """Where a reference finds its records, already limited to what the actor may see.

    ``load`` gives the record of a key or None (unknown and invisible are the same).
    ``lookup_url`` is called at rendering, inside the request. ``search`` gives at most a few
    (key, text) pairs for typed text; ``read_key`` turns what was posted into a key.
    """

    load: Callable[[Key], object | None]
    lookup_url: Callable[[], str]
    search: Callable[[str], Sequence[tuple[Key, str]]] | None = None
    read_key: Callable[[str], Key | None] = number_key


class ReferenceWidget:
    """The text input with its lookup address and the hidden key, as lookup.js expects them."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Both elements as markup; attributes go to the text input."""
        shown = marks(field, {"id": field.id, "type": "text", "class": "input", **kwargs})
        text = html_params(
            name=field.text_name,
            value=field.shown_text(),
            data_lookup_url=field.source.lookup_url(),
            **shown,
        )
        key = html_params(
            type="hidden", name=field.name, value=field.key_text, data_lookup_key=True
        )
        return Markup('<div class="combobox" data-combobox><input {}><input {}></div>').format(
            text, key
        )


class ReferenceField(ItemField):
    """The key of a record the actor may see, or None.

    Posted as ``<name>`` (key) and ``<name>_text``. The stored key is accepted unchanged even
    when its record is invisible to the actor: saving another item must not fail on it, and
    nothing is disclosed.
    """

    widget = ReferenceWidget()

    def __init__(self, *args: Any, source: ReferenceSource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.posted_text: str | None = None

    @property
    def text_name(self) -> str:
        """The name under which the text is posted."""
        return f"{self.name}_text"

    @property
    def key_text(self) -> str:
        """The key as posted or stored, for the hidden input."""
        return self.raw_text()

    def shown_text(self) -> str:
        """What the text input shows: what was typed, else the record's name."""
        if self.posted_text is not None:
            return self.posted_text
        return "" if self.data is None else self._name_of(self.data)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Remember the typed text, then read the key."""
        self.posted_text = None
        if formdata is not None and self.text_name in formdata:
            self.posted_text = str(formdata.get(self.text_name))
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the key.

        Typed text wins over the stored key when both were posted and do not belong together:
        without JavaScript only the text can be changed.
        """
        text = None if self.posted_text is None else self.posted_text.strip()
        key = str(valuelist[0]).strip() if valuelist else ""
        if not valuelist and text is None:
            return
        self.data = None
        if text == "" or (text is None and not key):
            return
        chosen = key != str(self.object_data or "")
        if key and (chosen or text is None or text == self._name_of(key)):
            self.data = self._seen(key)
        else:
            self.data = self._found(text or "")

    def _seen(self, text: str) -> Key:
        if self.object_data is not None and text == str(self.object_data):
            stored: Key = self.object_data
            return stored
        key = self.source.read_key(text)
        if key is None or self.source.load(key) is None:
            raise ValueError(gettext("There is no such record."))
        return key

    def _found(self, text: str) -> Key:
        matches = () if self.source.search is None else self.source.search(text)
        named = [key for key, name in matches if name == text] or [key for key, _ in matches]
        if len(named) == 1:
            return named[0]
        if named:
            raise ValueError(gettext("Several records fit. Write the name in full."))
        raise ValueError(gettext("There is no such record."))

    def _name_of(self, key: Key) -> str:
        read = self.source.read_key(str(key))
        record = None if read is None else self.source.load(read)
        return gettext("(not shown)") if record is None else str(record)
