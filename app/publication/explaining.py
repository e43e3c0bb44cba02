"""A difference in one sentence: "published 123 on 3 August, now 131: 9 late, 1 withdrawn"."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.core.dates import format_date
from app.publication.asof import Explained
from app.publication.rules import Flow


def sentence(found: Explained, on: date, *, published: bool) -> str:
    """The sentence; ``published``: the number of then was given out, not only known."""
    values = {
        "day": format_date(on),
        "then": f"{found.then:,}",
        "now": f"{found.now:,}",
        "causes": causes_in_words(found),
    }
    if found.then == found.now and not found.causes:
        if published:
            return _("Published %(then)s on %(day)s, and the same now.", **values)
        return _("%(then)s as known on %(day)s, and the same now.", **values)
    if published:
        return _("Published %(then)s on %(day)s, now %(now)s: %(causes)s.", **values)
    return _("%(then)s as known on %(day)s, now %(now)s: %(causes)s.", **values)


def causes_in_words(found: Explained) -> str:
    """Each cause with its number, in the order of the code list."""
    parts = [
        words
        for cause in _ORDER
        if (flow := found.causes.get(cause)) is not None
        for words in _words(cause, flow)
    ]
    if found.unexplained:
        parts.append(_("%(n)s entered at the same moment", n=f"{found.unexplained:+,}"))
    return _(", ").join(parts)


_ORDER = ("new", "imported", "reinstated", "corrected", "moved", "recounted", "withdrawn")


def _words(cause: str, flow: Flow) -> list[str]:
    gained: dict[str, Any] = {
        "new": lambda n: _("%(n)s late", n=n),
        "imported": lambda n: _("%(n)s imported later", n=n),
        "reinstated": lambda n: _("%(n)s reinstated", n=n),
        "corrected": lambda n: _("%(n)s corrected to this day", n=n),
        "moved": lambda n: _("%(n)s moved in", n=n),
        "recounted": lambda n: _("%(n)s more counted anew", n=n),
        "withdrawn": lambda n: _("%(n)s withdrawn and taken back", n=n),
    }
    lost: dict[str, Any] = {
        "withdrawn": lambda n: _("%(n)s withdrawn", n=n),
        "corrected": lambda n: _("%(n)s corrected to another day", n=n),
        "moved": lambda n: _("%(n)s moved out", n=n),
        "recounted": lambda n: _("%(n)s fewer counted anew", n=n),
    }
    words = []
    if flow.gained:
        words.append(gained[cause](f"{flow.gained:,}"))
    if flow.lost:
        # Nothing but these four ever takes a case out of a day.
        words.append(lost[cause](f"{flow.lost:,}"))
    return words
