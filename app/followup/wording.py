"""Alerts in words."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app.core.dates import format_date
from app.core.pages import Cell
from app.followup.codes import ALERT_LEVEL, EMERGENCY_SYMPTOM
from app.followup.rules import Alert, Level, Reason


def level_cell(level: Level) -> Cell:
    """The level as a tag: colour, icon and word."""
    value = level.name.lower()
    return Cell(ALERT_LEVEL.label(value), "code", tone=ALERT_LEVEL.tones[value])


def reasons_of(alert: Alert) -> tuple[str, ...]:
    """One sentence per reason, most urgent first."""
    return tuple(words_of(reason) for reason in alert.reasons)


def words_of(reason: Reason) -> str:
    """A reason as a sentence in the reader's language."""
    return _SENTENCES[reason.code](reason)


def _emergency(reason: Reason) -> str:
    symptoms = "、".join(EMERGENCY_SYMPTOM.label(value) for value in reason.value)
    return _("Emergency symptoms: %(symptoms)s", symptoms=symptoms)


def _silent(reason: Reason) -> str:
    last: Any = reason.value
    if last is None:
        return _("No report has arrived since the observation began.")
    return _("No report for more than 24 hours (last: %(day)s).", day=format_date(last))


_SENTENCES: dict[str, Callable[[Reason], str]] = {
    "emergency": _emergency,
    "oxygen_red": lambda r: _("Oxygen saturation %(value)s%% is dangerously low.", value=r.value),
    "oxygen_orange": lambda r: _("Oxygen saturation %(value)s%% is low.", value=r.value),
    "oxygen_drop": lambda r: _(
        "Oxygen saturation fell from %(before)s%% to %(value)s%% within 24 hours.",
        before=r.before,
        value=r.value,
    ),
    "fever_high": lambda r: _("Temperature %(value)s °C is high.", value=r.value),
    "breathless": lambda _reason: _("Breathlessness was reported."),
    "fever_days": lambda r: _("At or above %(value)s °C on two days running.", value=r.value),
    "silent": _silent,
}
