"""What the pages about two cases of one person show, in words."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.cases.codes import CASE_STATUS
from app.cases.models import Case
from app.core.dates import format_date, format_instant
from app.core.pages import Cell
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.matching.case_merging import merged_items
from app.matching.codes import EPISODE
from app.matching.episode_rules import Verdict
from app.matching.episodes import Candidate
from app.matching.models import CaseMerge
from app.matching.pages import ItemLine, Reason, side_of


def pair(case: Case, other: Candidate) -> dict[str, Any]:
    """Two cases side by side: ``first`` stays, ``second`` is given up."""
    first, second = case, other.case
    return {
        "reasons": reasons_of(other.verdict),
        "against": bool(other.verdict.against),
        "sides": (_side(first), _side(second)),
        "items": item_lines(first, second),
        "versions": versions(first, second),
        "other": second.id,
        "swap_url": url_for("CaseMergeView.of", pk=second.id, other=first.id),
        "centre": "" if second.responsible_centre is None else second.responsible_centre.name,
    }


def versions(first: Case, second: Case) -> str:
    """What the page was made from."""
    return f"{first.row_version}:{second.row_version}"


def other_line(case: Case, one: Candidate, is_open: bool) -> dict[str, Any]:
    """Another case of the person, to be put beside this one."""
    return {
        **_side(one.case),
        "with_url": url_for("CaseMergeView.of", pk=case.id, other=one.case.id),
        "reasons": reasons_of(one.verdict),
        "is_open": is_open,
    }


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """What the rule of one episode says, what speaks against it first."""
    against = [Reason(EPISODE.label(code), "warning") for code in verdict.against]
    return (*against, *(Reason(EPISODE.label(code), "success") for code in verdict.speaks_for))


def item_lines(first: Case, second: Case) -> tuple[ItemLine, ...]:
    """Items with a value on either side, those in which the two differ first."""
    lines = []
    for item in merged_items():
        path = path_of(Case, item.name)
        left, right = getattr(first, item.name), getattr(second, item.name)
        if left in (None, ()) and right in (None, ()):
            continue
        lines.append(
            ItemLine(
                item.name,
                str(item.label),
                cell_of(path, first),
                cell_of(path, second),
                left == right,
                False,
                left in (None, ()) and right not in (None, ()),
            )
        )
    return tuple(sorted(lines, key=lambda line: line.same))


def merge_line(merged: CaseMerge) -> dict[str, Any]:
    """One row of the merges, in the form of :func:`app.matching.pages.merge_line`."""
    person = merged.winner.person
    return {
        "number": str(merged),
        "person": None if person is None else side_of(person),
        "url": url_for("CaseView.show", pk=merged.winner_id),
        "kept": str(merged.winner),
        "gone": str(merged.loser),
        "gone_url": url_for("CaseView.show", pk=merged.loser_id),
        "at": format_instant(merged.merged_at),
        "by": merged.merged_by,
        "reason": merged.reason or "",
        "moved": len(merged.moved),
        "undone": format_instant(merged.undone_at) if merged.undone_at else "",
        "undone_by": merged.undone_by or "",
        "undo_reason": merged.undo_reason or "",
        "undo_url": "" if merged.undone_at else url_for("CaseMergeView.undo", pk=merged.id),
    }


def _side(case: Case) -> dict[str, Any]:
    days = (
        (_("Onset"), case.onset_on),
        (_("Diagnosed"), case.diagnosed_on),
        (_("Reported"), case.reported_on),
    )
    status = case.status or ""
    return {
        "key": case.id,
        "number": str(case),
        "url": url_for("CaseView.show", pk=case.id),
        "status": Cell(CASE_STATUS.label(status), tone=CASE_STATUS.tones.get(status)),
        "disease": str(case.disease),
        "days": " ・ ".join(f"{word} {format_date(day)}" for word, day in days if day),
        "centre": "" if case.responsible_centre is None else case.responsible_centre.name,
    }
