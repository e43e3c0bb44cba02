"""アカウント棚卸: the review sheet of the own institution."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import reviews
from app.accounts.codes import REVIEW_DECISION
from app.accounts.dormancy import is_warned
from app.accounts.models import Account
from app.accounts.queries import account_by_id
from app.core import clock
from app.core.db import db
from app.core.errors import NotVisible
from app.core.pages import Action
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import signed_in
from app.institutions.models import Institution
from app.security.roles import RoleName, role_of

Page = Response | str
SHOWN_QUARTERS = 8


class AccountReviewView(BaseView):
    """``/account-review``: confirm or close each account, once a quarter."""

    route_base = "/account-review"
    class_permission_name = "account_review"
    default_view = "sheet"

    @expose("/")
    @has_access
    @permission_name("list")
    def sheet(self) -> Page:
        """The sheet of this quarter, or of one past (``quarter`` is its first day)."""
        actor = signed_in()
        only_known(request.args, {"quarter"})
        institution = db.session.get(Institution, actor.institution_id or 0)
        if institution is None:
            raise NotVisible
        quarter, current = _asked_quarter(), reviews.quarter_of(clock.today())
        lines = reviews.sheet_of(institution, quarter)
        left = sum(line.review is None for line in lines)
        return render_template(
            "accounts/review.html",
            institution=institution,
            lines=lines,
            left=left,
            quarter=quarter,
            words=quarter_words(quarter),
            quarters=[(one, quarter_words(one)) for one in _last_quarters(current)],
            is_open=quarter == current,
            due_on=reviews.due_on(quarter),
            overdue=bool(left) and clock.today() > reviews.due_on(quarter),
            decisions=REVIEW_DECISION,
            role_label=lambda name: role_of(RoleName(name)).label,
            is_warned=is_warned,
            in_japan=clock.in_japan,
            me=actor.user_id,
        )

    @expose("/<int:user_id>/confirm", methods=["POST"])
    @has_access
    @permission_name("edit")
    def confirm(self, user_id: int) -> Page:
        """This person still works here."""
        account = _account(user_id)
        reviews.confirm_account(account, by=signed_in())
        flash(_("%(name)s: confirmed.", name=account.display_name), "success")
        return redirect(url_for(".sheet"), 303)

    @expose("/<int:user_id>/close", methods=["POST"])
    @has_access
    @permission_name("edit")
    def close(self, user_id: int) -> Page:
        """This person has left: asked once more, then closed."""
        account, actor = _account(user_id), signed_in()
        if request.form.get("confirmed") != "yes":
            return render_template(
                "generated/confirm.html",
                question=_(
                    "Close the account of %(name)s? Its history stays.", name=account.display_name
                ),
                action=Action(
                    _("Close the account"),
                    url_for(".close", user_id=user_id),
                    "post",
                    style="danger",
                ),
                cancel_url=url_for(".sheet"),
            )
        reviews.close_in_review(account, by=actor)
        flash(_("%(name)s: closed.", name=account.display_name), "success")
        return redirect(url_for(".sheet"), 303)


def quarter_words(quarter: date) -> str:
    """A quarter as a sheet names it."""
    words: str = _(
        "%(year)s, months %(first)s to %(last)s",
        year=quarter.year,
        first=quarter.month,
        last=quarter.month + 2,
    )
    return words


def _asked_quarter() -> date:
    text = request.args.get("quarter")
    if not text:
        return reviews.quarter_of(clock.today())
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = None
    if asked not in _last_quarters(reviews.quarter_of(clock.today())):
        raise BadArgument(_("This address is not complete or has a mistake in it."))
    return asked


def _last_quarters(current: date) -> list[date]:
    quarters = [current]
    while len(quarters) < SHOWN_QUARTERS:
        quarters.append(reviews.quarter_before(quarters[-1]))
    return quarters


def _account(user_id: int) -> Account:
    """The account. Raises NotVisible when it does not exist for the actor."""
    account = account_by_id(user_id)
    if account is None:
        raise NotVisible(_("There is no such record."))
    return account
