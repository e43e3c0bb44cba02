"""The answer of the record of looks as a file, without names of patients."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.grounds import LOOK_RELATION
from app.audit.models import ReadEntry
from app.core.clock import in_japan
from app.core.dates import format_date
from app.core.errors import NotVisible
from app.core.labels import Label
from app.exports.registry import ExportPlan, exportable
from app.exports.tables import Columns, ExportColumn
from app.generated.hooks import signed_in
from app.looks.queries import (
    Asked,
    condition_of,
    names_of_institutions,
    person_or_404,
    require_overseen,
)
from app.looks.wording import door_of, role_label, subject_of
from app.security.rights import holds

TITLE = Label("閲覧記録", "Record of looks")


def parameters_of(asked: Asked) -> dict[str, Any]:
    """The question as a job keeps it: keys and days."""
    values = {
        "institution": asked.institution_id,
        "user": asked.user_id,
        "case": asked.case_id,
        "person": asked.person_id,
        "from": asked.first.isoformat() if asked.first else None,
        "to": asked.last.isoformat() if asked.last else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def asked_of(parameters: Mapping[str, Any]) -> Asked:
    """The question a job kept."""
    days = [parameters.get(name) for name in ("from", "to")]
    first, last = (date.fromisoformat(day) if day else None for day in days)
    return Asked(
        parameters.get("institution"),
        parameters.get("user"),
        parameters.get("case"),
        parameters.get("person"),
        first,
        last,
    )


def plan(parameters: Mapping[str, Any]) -> ExportPlan:
    """The file of a question, asked again under the rights of the one who asked.

    Raises:
        NotVisible: the institution or the person is not theirs.
    """
    actor = signed_in()
    filters = dict(parameters.get("filters") or {})
    asked = asked_of(filters)
    if asked.institution_id is not None:
        require_overseen(actor, asked.institution_id)
    elif asked.person_id is not None and holds(actor, "person", "look"):
        person_or_404(asked.person_id)
    else:
        raise NotVisible
    statement = select(ReadEntry).where(condition_of(asked))
    return ExportPlan(
        title=str(TITLE),
        statement=statement.order_by(ReadEntry.at.desc(), ReadEntry.id.desc()),
        columns=Columns(_columns(asked)),
        conditions=tuple(_conditions(asked)),
        recorded={"resource": "look", **filters},
    )


def _conditions(asked: Asked) -> list[tuple[str, str]]:
    lines = []
    if asked.first or asked.last:
        days = f"{format_date(asked.first)}～{format_date(asked.last)}"
        lines.append((_("Days"), days))
    if asked.institution_id is not None:
        names = names_of_institutions({asked.institution_id})
        lines.append((_("Institution"), names.get(asked.institution_id, "")))
    return lines


def _columns(asked: Asked) -> tuple[ExportColumn, ...]:
    places: dict[int, str] = {}

    def place(entry: ReadEntry) -> str:
        key = entry.institution_id or 0
        if key not in places:
            places.update({key: "", **names_of_institutions({key})})
        return places[key]

    return (
        ExportColumn(
            Label("日時", "When"), "instant", lambda e: in_japan(e.at).replace(tzinfo=None)
        ),
        ExportColumn(Label("利用者ID", "User"), "text", lambda e: e.user_name),
        ExportColumn(Label("機関", "Institution"), "text", place),
        ExportColumn(Label("ID種別", "Role"), "text", lambda e: role_label(e.role)),
        ExportColumn(Label("根拠", "Ground"), "text", lambda e: LOOK_RELATION.label(e.relation)),
        ExportColumn(Label("画面・操作", "Door"), "text", door_of),
        ExportColumn(Label("対象", "Subject"), "text", lambda e: subject_of(e, asked.person_id)),
        ExportColumn(Label("件数", "Records"), "integer", lambda e: e.record_count),
    )


exportable("look", plan)
