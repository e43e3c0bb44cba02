"""A notification as the paper shows it, read from its snapshot and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_RESULT
from app.core.items import item_of
from app.core.pages import Card, Cell, Field
from app.generated.cells import cell, text_of
from app.notifications.clocks import COLUMN, clock_cell
from app.notifications.comparing import changes_card
from app.notifications.correction import changed_lines
from app.notifications.document import values_of
from app.notifications.entry_form import item_of_line, label_of_line
from app.notifications.layout import GENERAL, PARTS, Line, is_on_form
from app.notifications.models import Notification
from app.persons.knowing import Known
from app.security.actor import Actor

_STATE_ITEMS = (
    "state",
    "disease_id",
    "form_version",
    "version",
    "institution_id",
    "entering_institution_id",
    "entry_way",
    "responsible_centre_id",
    "submitted_at",
    "due_at",
    "forwarded_from_id",
    "forwarded_at",
    "forwarded_reason",
    "duplicate",
    "accepted_at",
    "accepted_by",
    "accepted_centre_id",
    "returned_reason",
    "withdrawn_reason",
)


def cards_for(notification: Notification, newer: Notification | None) -> tuple[Card, ...]:
    """The state, what a correction changed, and the form in the paper's order."""
    changes = changes_card(notification)
    document = document_cards(notification, changed_lines(notification))
    return (state_card(notification, newer), *((changes,) if changes else ()), *document)


def state_card(notification: Notification, newer: Notification | None) -> Card:
    """Where the document stands, and its way to its other versions."""
    fields = []
    for name in _STATE_ITEMS:
        item = item_of(Notification, name)
        value = getattr(notification, item.relation if item.kind == "reference" else name)
        if value is not None:
            wide = item.kind == "long_text"
            fields.append(Field(name, str(item.label), cell(item, value), wide=wide))
        if name == "due_at" and value is not None:
            column = str(COLUMN)
            fields.append(Field("clock", column, clock_cell(notification)))
    if notification.previous_id is not None:
        url = url_for("NotificationView.show", pk=notification.previous_id)
        words = Cell(_("Version %(number)s", number=notification.version - 1), url=url)
        fields.append(Field("previous", _("Version before"), words))
    if newer is not None:
        url = url_for("NotificationView.show", pk=newer.id)
        words = Cell(_("Version %(number)s", number=newer.version), url=url)
        fields.append(Field("newer", _("Newer version"), words))
    return Card("state", _("State of the notification"), tuple(fields))


def document_cards(notification: Notification, changed: Collection[str] = ()) -> tuple[Card, ...]:
    """The cards of the form in the paper's order; ``changed`` names corrected items."""
    if not notification.snapshot:
        return ()
    values = values_of(notification.snapshot)
    names = notification.snapshot.get("names", {})
    version = notification.snapshot["form_version"]
    cards = []
    for part in PARTS:
        fields = []
        for line in part.lines:
            # Who notified stands in the card above, tests stand under their methods.
            shown = line.name != "institution_id" and not line.name.startswith("test_")
            if shown and is_on_form(line, version):
                fields += _fields_of(line, values, names, changed)
        cards.append(Card(part.key, str(part.label), tuple(fields)))
    return tuple(cards)


def known_notice(known: Sequence[Known]) -> str | None:
    """People who are probably the patient, before the notification is accepted."""
    if not known:
        return None
    return ngettext(
        "%(num)s person is probably this one (%(score)s points: %(reasons)s). See “Same person?”.",
        "%(num)s people are probably this one (%(score)s points: %(reasons)s). See “Same person?”.",
        len(known),
        score=known[0].score,
        reasons="、".join(known[0].reasons),
    )


def notice_for(record: Notification, actor: Actor, *, alike: bool = False) -> str | None:
    """What the reader has to do next, if anything."""
    if alike:
        return _("A case of perhaps the same person exists. Check it before you accept.")
    own = actor.institution_id in (record.institution_id, record.entering_institution_id)
    if record.state == "returned" and own:
        return _("The health centre returned this notification. Correct it or withdraw it.")
    if record.state == "corrected":
        return _("This version has been corrected. It is kept as it was submitted.")
    if record.state == "withdrawn":
        return _("This notification was withdrawn.")
    if own and record.case is None:
        return _(
            "The case is no longer open to your institution. This is the notification as it was "
            "submitted; please tell the health centre about corrections."
        )
    return None


def _fields_of(
    line: Line, values: Mapping[str, Any], names: Mapping[str, str], changed: Collection[str]
) -> list[Field]:
    if values.get("form_version") == GENERAL and values.get(line.name) == ("other",):
        # Said in words below.
        return _tests(values) if line.name == "diagnosis_methods" else []
    if line.name == "age_years":
        return []  # Stands beside the birth date, reckoned or typed.
    shown = _shown(line, values, names)
    # What applies to some people only is left out where it was not filled in.
    conditional = line.minor or bool(line.show_when)
    fields = []
    if shown.text or not conditional:
        fields.append(_field(line, shown, corrected=line.name in changed))
    if line.name == "birth_on":
        label = f"5　{_('Age at diagnosis')}"
        fields.append(Field("age", label, Cell(age_text(values))))
    if line.name == "diagnosis_methods":
        fields += _tests(values)
    return fields


def _field(line: Line, shown: Cell, *, corrected: bool) -> Field:
    item = item_of_line(line.name)
    label = f"{line.number}　{label_of_line(line.name)}" if line.number else str(item.label)
    if corrected:
        label = _("%(label)s (corrected)", label=label)
    return Field(line.name, label, shown, item.mark, wide=item.kind in {"long_text", "codes"})


def _shown(line: Line, values: Mapping[str, Any], names: Mapping[str, str]) -> Cell:
    value = values.get(line.name)
    if line.name in names:
        return Cell(names[line.name])
    return cell(item_of_line(line.name), value)


def _tests(values: Mapping[str, Any]) -> list[Field]:
    fields = []
    for test in values["lab_tests"]:
        day = text_of(item_of_line("diagnosed_on"), test.get("collected_on"))
        words = [
            SPECIMEN.label(test.get("specimen") or ""),
            _("collected on %(day)s", day=day) if day else "",
            TEST_RESULT.label(test.get("result") or ""),
        ]
        label = f"12　{TEST_METHOD.label(test['method'])}"
        text = "、".join(w for w in words if w)
        fields.append(Field(f"test_{test['method']}", label, Cell(text), wide=True))
    return fields


def age_text(values: Mapping[str, Any]) -> str:
    """``36歳``; under one year ``0歳4か月``."""
    years, months = values.get("age_years"), values.get("age_months")
    if years is None:
        return ""
    if years == 0 and months is not None:
        return _("%(months)s months", months=months)
    return _("%(years)s years", years=years)
