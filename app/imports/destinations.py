"""Tables mapped on the screen become batches of imports, with the same review, apply and undo."""

import hashlib
from functools import partial

from flask import url_for

from app.core.labels import Label
from app.imports import service
from app.imports.codes import TABLE
from app.imports.mapped import offered
from app.security.actor import Actor
from app.security.rights import holds
from app.tables.destinations import register_destination
from app.tables.mapping import Mapping
from app.tables.models import TableFile
from app.tables.service import layout_of_file, plain_file

COVID_19 = "新型コロナウイルス感染症"
_LONGEST = 20


def start(*, by: Actor, file: TableFile, mapping: Mapping, disease: str | None = None) -> str:
    """Take the table in; the address of its batch.

    The numbers of its rows are the sender's: they count within sheets of the same headings of the
    same institution, so that the sheet of next week finds the people of this week's.
    """
    layout = layout_of_file(file)
    manner = {"mapping": mapping.as_json(), "sheet": layout.sheet or None, "disease": disease}
    sender = hashlib.sha256(f"{by.institution_id}|{layout.fingerprint}|{disease}".encode())
    with plain_file(file) as path, path.open("rb") as content:
        batch = service.take_in(
            content,
            name=file.source,
            by=by,
            source=TABLE,
            origin=f"t{sender.hexdigest()}"[:_LONGEST],
            manner=manner,
        )
    return url_for("ImportView.show", pk=batch.id)


def _may(actor: Actor) -> bool:
    return holds(actor, "add", "import_batch")


def register() -> None:
    """Offer both on the screen of tables."""
    register_destination(
        "covid_19_cases",
        Label("患者の一覧（すべて新型コロナウイルス感染症）", "Cases, all of COVID-19"),
        lambda _actor: offered(needs_disease=False),
        partial(start, disease=COVID_19),
        may=_may,
    )
    register_destination(
        "cases",
        Label("患者の一覧（疾病名の列があるもの）", "Cases, with a column of the disease"),
        lambda _actor: offered(needs_disease=True),
        start,
        may=_may,
    )
