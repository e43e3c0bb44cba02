"""Text fields: one spelling is stored, the limit is told with the count."""

import re
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms.widgets.core import html_params

from app.core.fields.base import ItemField, marks
from app.core.japanese import normalise, normalise_lines, to_katakana

LONGEST = 20_000
"""Characters of a free text whose column sets no limit of its own."""

_KANA = re.compile(r"[ァ-ヺー・･ A-Za-z.,'’-]*")


class NormalisedStringField(ItemField):
    """One line of text, stored normalised (NFKC, single spaces); blank is None.

    Length is counted in characters after normalising. There is no ``maxlength`` attribute:
    a browser would cut pasted text without a word.
    """

    def __init__(self, *args: Any, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_length = max_length

    def read(self, text: str) -> str | None:
        """The normalised line."""
        return self._limited(normalise(text))

    def _limited(self, text: str) -> str | None:
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(
                gettext(
                    "Write at most %(limit)s characters (now %(count)s).",
                    limit=f"{self.max_length:,}",
                    count=f"{len(text):,}",
                )
            )
        return text or None


class KanaField(NormalisedStringField):
    """A reading: hiragana and half-width kana become full-width katakana.

    Latin letters are accepted, for people whose name has no kana.
    """

    def read(self, text: str) -> str | None:
        """The reading in katakana."""
        kana = to_katakana(text)
        if not _KANA.fullmatch(kana):
            raise ValueError(gettext("Write the reading in katakana."))
        return self._limited(kana)


class TextAreaWidget:
    """A ``<textarea>``; its rows come from the field."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The element as markup."""
        given = marks(field, {"id": field.id, "rows": field.rows, **kwargs})
        parameters = html_params(name=field.name, **given)
        # The first line break after the tag is not part of the text in HTML.
        return Markup("<textarea {}>\n{}</textarea>").format(parameters, field.raw_text())


class LongTextField(NormalisedStringField):
    """Free text of several lines, stored as written (see ``normalise_lines``)."""

    widget = TextAreaWidget()
    behaves_as = "TextAreaField"

    def __init__(
        self, *args: Any, max_length: int | None = LONGEST, rows: int = 4, **kwargs: Any
    ) -> None:
        super().__init__(*args, max_length=max_length or LONGEST, **kwargs)
        self.rows = rows

    def read(self, text: str) -> str | None:
        """The text with its lines."""
        return self._limited(normalise_lines(text))
