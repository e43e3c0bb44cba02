"""Mail by SMTP (standard library). Sent by the worker, so that no page waits for a mail server."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from flask import current_app

from app.core import clock
from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.registry import Result, job
from app.jobs.service import enqueue
from app.security.actor import system_actor

KIND = "mail"
TIMEOUT_SECONDS = 20
_SENDER = system_actor("mail")


class MailNotSent(Exception):
    """The mail server refused or could not be reached. Holds no address and no text."""


def can_send() -> bool:
    """True when a mail server and a sender are configured."""
    return bool(current_app.config["SMTP_HOST"] and current_app.config["MAIL_FROM"])


def send_later(*, to: str, subject: str, text: str) -> bool:
    """Hand a mail to the worker; False where no mail server is configured.

    Part of the caller's transaction: what is rolled back sends nothing.
    """
    if not can_send():
        return False
    enqueue(KIND, {"to": to, "subject": subject, "text": text}, by=_SENDER)
    return True


def send_now(*, to: str, subject: str, text: str) -> None:
    """Send one mail and wait for the server's answer.

    Raises:
        MailNotSent: refused or unreachable.
        ValueError: an address or subject with a line break, which would forge a header.
    """
    config = current_app.config
    message = EmailMessage()
    message["From"] = Address(config["APP_NAME"], addr_spec=config["MAIL_FROM"])
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = make_msgid(domain=config["MAIL_FROM"].rpartition("@")[2])
    message.set_content(text)
    try:
        with _connection() as server:
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as problem:
        # The library's words quote the address.
        raise MailNotSent(type(problem).__name__) from None


@job(KIND, title=Label("メール送信", "Mail"))
def send_mail(ctx: JobContext) -> Result:
    """Send the mail of the parameters, which leave the table when the work ends."""
    send_now(**ctx.parameters)
    return Result()


def _connection() -> smtplib.SMTP:
    config = current_app.config
    host, port = config["SMTP_HOST"], config["SMTP_PORT"]
    if config["SMTP_SECURITY"] == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if config["SMTP_SECURITY"] != "none":
        server.starttls(context=ssl.create_default_context())
    return server
