"""The two long pages of an import: the files so far, and the review of one."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app.audit.causes import names_of_people
from app.core.dates import format_instant
from app.core.labels import current_language
from app.core.pages import Crumb
from app.generated.arguments import one_of, record_key
from app.generated.hooks import may, signed_in
from app.imports import queries, service
from app.imports.applying import pending_count
from app.imports.checking import all_add_up
from app.imports.codes import BATCH_STATES, CHECKS, CHOICES, FAULTS, PLANS, SOURCES
from app.imports.forms import ImportForm
from app.imports.models import ImportBatch
from app.imports.review import listed_rows, pager_of


def start_page(form: ImportForm) -> str:
    """The upload and the files so far."""
    found = queries.batches()
    names = names_of_people({one.user_id for one in found if one.user_id is not None})
    return render_template(
        "imports/list.html",
        form=form,
        may_add=may("add", "import_batch"),
        may_export=may("export", "import_batch"),
        batches=[_listed(one, names) for one in found],
        trail=(Crumb(_("Import of files")),),
    )


def review_page(batch: ImportBatch, form: ImportForm) -> str:
    """A batch with its counts and a page of its rows."""
    shown = one_of(request.args, "show", (*PLANS.values, queries.EDITED))
    after, before = request.args.get("after"), request.args.get("before")
    page = queries.rows_of(
        batch,
        shown,
        record_key(after) if after else None,
        record_key(before) if before else None,
    )
    job, settled = service.open_job(batch), batch.state in ("ready", "applying", "applied")
    names = names_of_people({batch.user_id} if batch.user_id is not None else ())
    return render_template(
        "imports/show.html",
        batch=batch,
        listed=_listed(batch, names),
        job=job,
        form=form,
        shown=shown,
        plans=[
            (one.value, str(one.label), PLANS.tones[one.value], batch.counts.get(one.value, 0))
            for one in PLANS
        ],
        edited=batch.done.get(queries.EDITED, 0),
        faults=sorted(
            ((FAULTS.label(kind), number) for kind, number in batch.faults.items()),
            key=lambda one: -one[1],
        ),
        checks=[(CHECKS.label(name), *rest) for name, *rest in batch.checks or ()],
        adds_up=all_add_up(batch),
        problem=(batch.problem or {}).get(current_language(), ""),
        corrections=[_listed(one, names) for one in queries.corrections_of(batch)],
        waiting=pending_count(batch.id) if settled and not job else 0,
        undecided=queries.undecided(batch) if batch.counts.get("conflict") else 0,
        rows=listed_rows(batch, page.rows, signed_in(), door="import_batch.show"),
        pager=pager_of(batch, page, shown),
        choices=CHOICES,
        may=lambda action: may(action, "import_batch"),
        trail=trail_of(batch),
    )


def _listed(batch: ImportBatch, names: Any) -> dict[str, Any]:
    """A batch in a few words. A job that died leaves its state standing: then it says so."""
    key = batch.user_id
    return {
        "url": url_for("ImportView.show", pk=batch.id),
        "number": f"#{batch.id}",
        "source": SOURCES.label(batch.source),
        "file": batch.file_name,
        "who": batch.user_name if key is None else names.get(key, batch.user_name),
        "at": format_instant(batch.uploaded_at),
        "applied_at": format_instant(batch.applied_at),
        "undone_at": format_instant(batch.undone_at),
        "rows": batch.row_count,
        "previous": batch.previous_id,
        "state": (BATCH_STATES.label(batch.state), BATCH_STATES.tones[batch.state]),
        "counts": [
            (PLANS.label(plan), PLANS.tones[plan], batch.counts[plan])
            for plan in PLANS.values
            if batch.counts.get(plan)
        ],
    }


def trail_of(batch: ImportBatch) -> Sequence[Crumb]:
    """The way to a batch."""
    return (
        Crumb(_("Import of files"), url_for("ImportView.list")),
        Crumb(f"#{batch.id}", url_for("ImportView.show", pk=batch.id)),
    )
