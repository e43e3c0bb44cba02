"""The queue as a page: what is found one by one, and a line for each rule of an import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_list
from app.core.dates import format_instant
from app.core.pages import Cell, Crumb, Pager
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may
from app.imports.codes import SOURCES
from app.imports.models import ImportBatch
from app.quality import queries
from app.quality.catalogue import RULES
from app.quality.codes import FINDING_STATE, QUEUE
from app.quality.models import QualityFinding
from app.quality.narrowing import LISTED_BY, STATES, Narrowed, QueueForm, read_narrowed
from app.quality.onward import what_next
from app.quality.queries import Group
from app.quality.wording import rows_of, severity_cell, waiting_words
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class ImportLine:
    """All findings of one rule in one import, as one line of the queue."""

    url: str
    source: str
    severity: Cell
    sentence: str
    count: int
    since: str


def queue_page(actor: Actor) -> str:
    """The page of ``/quality/``; the people on it are recorded as looked at."""
    only_known(request.args, LISTED_BY | {"after", "before"})
    narrowed = read_narrowed()
    groups = queries.groups(narrowed) if narrowed.state == "open" else []
    alone = [one for one in groups if one.batch is None]
    batches = queries.batches({one.batch for one in groups if one.batch is not None})
    lines = import_lines(groups, batches, narrowed)
    found, pager = _page(narrowed, groups)
    record_list(
        actor,
        door="quality_finding.list",
        people=[key for one in found if (key := person_key(one)) is not None],
        filters={name: value for name, value in narrowed.arguments().items() if value} or None,
    )
    nothing = narrowed == Narrowed() and not groups
    return render_template(
        "quality/list.html",
        title=str(QUEUE),
        trail=_trail(narrowed),
        form=QueueForm(),
        narrowed=narrowed,
        states=[
            (url_for(".list", state=_none(one)), one, FINDING_STATE.label(one)) for one in STATES
        ],
        groups=[(one, severity_cell(one.rule.severity), _of(one, narrowed)) for one in alone],
        every_url=url_for(".list", **narrowed.arguments(rule=None, batch=None)),
        total=sum(one.count for one in alone),
        lines=lines,
        opened=_opened(narrowed, batches),
        rule=RULES.get(narrowed.rule or ""),
        rows=rows_of(found, narrowed),
        pager=pager,
        actions=tuple(what_next(actor)) if nothing else (),
        next_url=url_for(".next", **narrowed.arguments()),
        may_fix=may("edit", "quality_finding"),
        may_check=may("check", "quality_finding") and narrowed.state == "open",
    )


def import_lines(
    groups: Iterable[Group], batches: dict[int, ImportBatch], narrowed: Narrowed
) -> list[ImportLine]:
    """A line for each rule of each import; none where one is opened or they are left out."""
    if narrowed.batch is not None or narrowed.origin == "entered":
        return []
    return [
        ImportLine(
            url=url_for(
                ".list",
                **narrowed.arguments(batch=one.batch, rule=one.rule.code, origin=None),
            ),
            source=import_words(one.batch, batches),
            severity=severity_cell(one.rule.severity),
            sentence=str(one.rule.sentence),
            count=one.count,
            since=waiting_words(one.since_at),
        )
        for one in groups
        if one.batch is not None and narrowed.rule in (None, one.rule.code)
    ]


def import_words(key: int, batches: dict[int, ImportBatch]) -> str:
    """The import by its source and day; of another institution's just the number."""
    batch = batches.get(key)
    if batch is None:
        return _("Import #%(number)s", number=key)
    source = SOURCES.label(batch.source)
    return f"{source} #{key}（{format_instant(batch.applied_at or batch.uploaded_at)}）"


def person_key(finding: QualityFinding) -> int | None:
    """The person a finding is about, for the record of looks."""
    subject = finding.case if finding.case is not None else finding.contact
    key: int | None = None if subject is None else subject.person_id
    return key


def _page(narrowed: Narrowed, groups: Sequence[Group]) -> tuple[Sequence[QualityFinding], Pager]:
    """One page by keyset; the counts of the groups are counted already."""
    if narrowed.origin == "imported" and narrowed.batch is None and narrowed.state == "open":
        return (), Pager(None, None, None, 0, capped=False)
    after, before = request.args.get("after"), request.args.get("before")
    if after and before:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    cursor = queries.finding_or_404(after or before or "") if after or before else None
    if cursor is not None and narrowed.state == "checked" and cursor.checked_at is None:
        cursor = None
    found, more = queries.page_of(narrowed, cursor, before=bool(before))
    back = more if before else cursor is not None
    on = True if before else more

    def address(**other: Any) -> str:
        return url_for(".list", **narrowed.arguments(), **other)

    if narrowed.state == "open":
        count, capped = sum(one.count for one in groups if _is_of(one, narrowed)), False
    else:
        count, capped = queries.number_of(narrowed)
    return found, Pager(
        address() if cursor is not None else None,
        address(before=found[0].id) if found and back else None,
        address(after=found[-1].id) if found and on else None,
        count,
        capped,
    )


def _is_of(one: Group, narrowed: Narrowed) -> bool:
    return one.batch == narrowed.batch and narrowed.rule in (None, one.rule.code)


def _of(one: Group, narrowed: Narrowed) -> str:
    return url_for(".list", **narrowed.arguments(rule=one.rule.code, batch=None))


def _none(state: str) -> str | None:
    return None if state == "open" else state


def _opened(narrowed: Narrowed, batches: dict[int, ImportBatch]) -> str | None:
    return None if narrowed.batch is None else import_words(narrowed.batch, batches)


def _trail(narrowed: Narrowed) -> tuple[Crumb, ...]:
    if narrowed.batch is None:
        return (Crumb(str(QUEUE)),)
    back = url_for(".list", **narrowed.arguments(batch=None, rule=None))
    return Crumb(str(QUEUE), back), Crumb(_("Import #%(number)s", number=narrowed.batch))
