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
from app.messaging.outcomes import UNCERTAIN, Later, Outcome, Refused, Sent
from app.security.actor import system_actor

KIND = "mail"
TIMEOUT_SECONDS = 20
_TAKEN = 250
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
    message = _composed(to=to, subject=subject, text=text)
    message["Message-ID"] = make_msgid(domain=_domain())
    try:
        with _connection() as server:
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as problem:
        # The library's words quote the address.
        raise MailNotSent(type(problem).__name__) from None


def send_once(*, reference: str, to: str, subject: str, text: str) -> Outcome:
    """One try to send a message that must never arrive twice.

    ``reference`` becomes the Message-ID. What fails before the text was handed over is tried
    again; what fails while the server's answer is awaited is uncertain and is not.
    """
    if not can_send():
        return Later("not_configured", away=True)
    try:
        message = _composed(to=to, subject=subject, text=text)
    except ValueError:
        return Refused("bounced", "bad_address")
    message_id = f"<{reference}@{_domain()}>"
    message["Message-ID"] = message_id
    config = current_app.config
    handed_over = False
    try:
        with _connection() as server:
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.ehlo_or_helo_if_needed()
            _envelope(server, config["MAIL_FROM"], to)
            handed_over = True
            code, _answer = server.data(
                message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
            )
            if code != _TAKEN:
                return _refusal(code)
            return Sent(message_id)
    except smtplib.SMTPResponseException as answer:
        # Also SMTPDataError: the server answered, so nothing was taken.
        return _refusal(answer.smtp_code)
    except (OSError, smtplib.SMTPException):
        return UNCERTAIN if handed_over else Later("unreachable", away=True)


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    """Raises SMTPResponseException with the server's code when it takes one of them not."""
    for code, answer in (server.mail(sender), server.rcpt(to)):
        if code not in {250, 251}:
            raise smtplib.SMTPResponseException(code, answer)


def _refusal(code: int) -> Outcome:
    """4xx: try again; 5xx about the address: bounced; login refused: ours to set right."""
    if code in {530, 535}:
        return Later("refused", away=True)
    if code in {550, 551, 552, 553, 554}:
        return Refused("bounced", "bad_address")
    return Refused("failed", "refused") if code >= 500 else Later("busy")


def _composed(*, to: str, subject: str, text: str) -> EmailMessage:
    """Raises ValueError: an address or subject with a line break, which would forge a header."""
    config = current_app.config
    message = EmailMessage()
    message["From"] = Address(config["APP_NAME"], addr_spec=config["MAIL_FROM"])
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message.set_content(text)
    return message


def _domain() -> str:
    return str(current_app.config["MAIL_FROM"]).rpartition("@")[2]


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
