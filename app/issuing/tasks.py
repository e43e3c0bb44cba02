"""Background work of the ID administrator: issuing, letters, mails, and cleaning up."""

from datetime import date

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.service import issue_activation_code
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidState
from app.core.labels import Label
from app.issuing import service
from app.issuing.letters import Letter, letter_for, link_with_code, write_letters
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.messaging.mail import MailNotSent, can_send, send_now
from app.security.rights import require

LETTERS = "activation letters"
MAILS = "activation mails"


@job(service.KIND, title=Label("アカウントの一括発行", "Issuing of accounts"))
def issue(ctx: JobContext) -> Result:
    """Issue the rows of a workbook."""
    batch = service.batch_by_id(ctx.parameters["batch"])
    counts = service.apply_batch(batch, by=ctx.actor, progress=ctx.progress)
    names = {"issued": "created", "existing": "unchanged", "rejected": "rejected"}
    return Result(counts={names[word]: count for word, count in counts.items()})


@job(LETTERS, title=Label("利用開始のお知らせ（印刷用）", "Activation letters"))
def print_letters(ctx: JobContext) -> Result:
    """A page per account that awaits activation. Codes are made now and stand on paper alone.

    The file is given out once, to whoever asked for it, and soon removed.
    """
    require(ctx.actor, "print", "account")
    user_ids: list[int] = ctx.parameters["user_ids"]
    days = int(current_app.config["ACTIVATION_CODE_DAYS"])
    letters: list[Letter] = []
    for done, account in enumerate(_accounts(user_ids), start=1):
        code = _code(account, ctx)
        if code is not None:
            letters.append(letter_for(account, code, days))
        ctx.progress(done, len(user_ids))
    if not letters:
        raise InvalidState(_("None of these accounts awaits activation."))
    moment = clock.in_japan(clock.now()).strftime("%Y%m%d_%H%M")
    title = _("Activation letters")
    path = ctx.output_path(f"{title}_{moment}.pdf")
    write_letters(letters, path)
    return Result(
        path,
        {"rows": len(letters), "rejected": len(user_ids) - len(letters)},
        _("The file can be downloaded once."),
        keep_hours=float(current_app.config["LETTER_FILE_HOURS"]),
        once=True,
    )


@job(MAILS, title=Label("利用開始のお知らせ（メール）", "Activation mails"))
def send_mails(ctx: JobContext) -> Result:
    """A mail to each account that awaits activation and has an address."""
    require(ctx.actor, "print", "account")
    if not can_send():
        raise InvalidState(_("No mail server is configured."))
    user_ids: list[int] = ctx.parameters["user_ids"]
    sent = 0
    for done, account in enumerate(_accounts(user_ids), start=1):
        sent += _mailed(account, ctx)
        ctx.progress(done, len(user_ids))
    return Result(counts={"rows": sent, "rejected": len(user_ids) - sent})


@daily("purge issuing workbooks")
def purge(_today: date) -> int:
    """Workbooks hold names and addresses of staff."""
    return service.purge_batches()


def _accounts(user_ids: list[int]) -> list[Account]:
    """Those of the accounts that exist for the actor, in the order asked for."""
    found = db.session.scalars(select(Account).where(Account.user_id.in_(user_ids))).all()
    by_id = {one.user_id: one for one in found}
    return [by_id[key] for key in user_ids if key in by_id]


def _code(account: Account, ctx: JobContext) -> str | None:
    try:
        return issue_activation_code(account, by=ctx.actor)
    except DomainError:
        return None


def _mailed(account: Account, ctx: JobContext) -> bool:
    address = account.mail
    code = _code(account, ctx) if address else None
    if code is None or address is None:
        return False
    username = account.user.username
    text = _(
        "%(name)s\n\nAn account of %(portal)s has been issued to you (%(institution)s).\n"
        "User name: %(username)s\nOpen this page, choose a password and set up the "
        "authenticator:\n%(link)s\n\nThe link works once and for %(days)s days. If you do not "
        "expect this mail, tell the ID administrator of your institution.",
        name=account.display_name,
        portal=current_app.config["APP_NAME"],
        institution=account.institution.name,
        username=username,
        link=link_with_code(username, code),
        days=current_app.config["ACTIVATION_CODE_DAYS"],
    )
    try:
        send_now(to=address, subject=_("Your account: how to begin"), text=text)
    except (MailNotSent, ValueError):
        return False
    return True
