"""The workbook to fill in: headings, choices of the own institution, and an explanation."""

import io
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from app.accounts.rules import Post
from app.institutions.rules import FIRST_ADMINISTRATORS, INSTITUTION_KINDS, ROLES_OF_KIND
from app.issuing.workbook import COLUMNS
from app.security.roles import RoleName, role_of

_ROWS = 2_000
_WIDTHS = {"code": 16, "institution": 30, "kind": 24, "name": 18, "kana": 22, "role": 24}


def template_workbook(post: Post) -> bytes:
    """An .xlsx for the administrator at ``post``."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        heading = book.add_format(
            {"bold": True, "bg_color": "#E3ECF5", "border": 1, "text_wrap": True}
        )
        text = book.add_format({"num_format": "@"})
        _people(book.add_worksheet(_("Accounts")), post, heading, text)
        _explanation(book.add_worksheet(_("How to fill in")), post, heading)
    return target.getvalue()


def _people(sheet: Any, post: Post, heading: Any, text: Any) -> None:
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, _WIDTHS.get(column.key, 28), text)
        sheet.write_string(0, position, str(column.label), heading)
        sheet.write_comment(0, position, str(column.hint))
    sheet.freeze_panes(1, 0)
    for key, words in (("kind", kinds_below(post)), ("role", roles_here(post))):
        if words:
            position = [column.key for column in COLUMNS].index(key)
            sheet.data_validation(
                1, position, _ROWS, position, {"validate": "list", "source": words}
            )


def _explanation(sheet: Any, post: Post, heading: Any) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    sheet.write_row(0, 0, (_("Heading"), _("What to enter")), heading)
    for line, column in enumerate(COLUMNS, start=1):
        sheet.write_row(line, 0, (str(column.label), str(column.hint)))
    sentences = [
        _("Roles at your institution: %(roles)s", roles="、".join(roles_here(post))),
        _("One row is one person. An account must not be shared."),
        _("Nothing is issued by uploading: the portal first shows what would happen, row by row."),
        _("A row that is already registered is left as it is, so a workbook may be sent twice."),
        _("Formulas are not accepted: paste values."),
    ]
    if kinds_below(post):
        sentences.append(
            _(
                "For an institution below yours, only its first ID administrator is issued. "
                "One not registered yet needs code, name and kind; without a person it is "
                "only registered."
            )
        )
    for line, sentence in enumerate(sentences, start=len(COLUMNS) + 2):
        sheet.write_string(line, 0, sentence)


def roles_here(post: Post) -> list[str]:
    """The words of the roles the own institution can carry."""
    held = ROLES_OF_KIND.get(post.kind or "", frozenset())
    return [str(role_of(role).label) for role in RoleName if role in held]


def kinds_below(post: Post) -> list[str]:
    """The words of the kinds of institution that can be registered below."""
    kinds = FIRST_ADMINISTRATORS.get(post.kind or "", frozenset())
    return [str(code.label) for code in INSTITUTION_KINDS if code.value in kinds]
