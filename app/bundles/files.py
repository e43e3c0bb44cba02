"""The list of bundles as a workbook; label and receipt of a bundle as PDF."""

import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from app.bundles.codes import BUNDLE_KIND, BUNDLE_STATE, BUNDLE_WAY
from app.bundles.models import PaperBundle
from app.bundles.pages import period_of
from app.bundles.rules import Tally
from app.core.dates import format_date
from app.core.labels import Label
from app.core.pdf import compile_pdf

_COLUMNS = (
    (Label("番号", "Number"), 10),
    (Label("状態", "State"), 12),
    (Label("紙の種類", "Kind of paper"), 14),
    (Label("疾病名", "Disease"), 24),
    (Label("期間", "Period"), 24),
    (Label("保管場所", "Where it is kept"), 24),
    (Label("入力する機関", "Who types"), 26),
    (Label("受領日", "Received on"), 12),
    (Label("枚数", "Sheets"), 8),
    (Label("入力済み", "Typed"), 8),
    (Label("入力対象外", "Left out"), 10),
    (Label("残り", "To do"), 8),
    (Label("抽出確認", "Looked at"), 10),
    (Label("誤りのある用紙", "With errors"), 12),
    (Label("誤り項目数", "Wrong items"), 10),
    (Label("確認日", "Checked on"), 12),
    (Label("返却日", "Given back on"), 12),
)


def bundles_workbook(found: Sequence[PaperBundle], tallies: Mapping[int, Tally]) -> bytes:
    """One line a bundle, and the totals."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Paper to be typed in"))
        head = book.add_format({"bold": True, "bg_color": "#E3ECF5", "border": 1})
        bold = book.add_format({"bold": True, "top": 1})
        for place, (label, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, str(label), head)
        sheet.freeze_panes(1, 1)
        sums = [0] * len(_COLUMNS)
        for line, bundle in enumerate(found, start=1):
            for place, value in enumerate(_cells(bundle, tallies[bundle.id])):
                if isinstance(value, int):
                    sums[place] += value
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, value)
        last = len(found) + 1
        sheet.write_string(last, 0, _("Total"), bold)
        for place in range(8, 15):
            sheet.write_number(last, place, sums[place], bold)
    return target.getvalue()


def _cells(bundle: PaperBundle, tally: Tally) -> list[str | int]:
    return [
        str(bundle),
        BUNDLE_STATE.label(bundle.state),
        BUNDLE_KIND.label(bundle.kind),
        bundle.disease.short_name,
        period_of(bundle),
        bundle.place or "",
        bundle.holder.name if bundle.holder is not None else "",
        format_date(bundle.received_on),
        tally.counted,
        tally.typed,
        tally.left_out,
        max(0, tally.counted - tally.done),
        tally.looked_at,
        tally.with_errors,
        tally.wrong_items,
        format_date(bundle.checked_on),
        format_date(bundle.returned_on),
    ]


def label_pdf(bundle: PaperBundle) -> bytes:
    """A4: above the label for the box, below the receipt for whoever brought the paper."""
    facts = (
        (_("Kind of paper"), BUNDLE_KIND.label(bundle.kind)),
        (_("Disease"), bundle.disease.short_name),
        (_("Period"), period_of(bundle)),
        (_("Sheets"), str(bundle.sheet_count)),
        (_("Where it is kept"), bundle.place or ""),
        (_("How it came"), BUNDLE_WAY.label(bundle.way or "")),
        (_("Received on"), format_date(bundle.received_on)),
    )
    page: dict[str, Any] = {
        "number": str(bundle),
        "centre": bundle.centre.name,
        "title": _("Paper to be typed in"),
        "receipt": _("Receipt"),
        "received": _("We have received the paper named below."),
        "facts": [[word, text or "－"] for word, text in facts],
        "signature": _("Received by"),
        "returned": _("Given back on / signature"),
    }
    return compile_pdf(files("app.bundles") / "label.typ", {"page": page})
