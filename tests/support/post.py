"""Where messages arrive: a real mail server and a real SMS provider, both on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from app.devtools.sms_provider import Provider, ProviderServer

SECRET = "secret of the webhook"


@dataclass
class Mailbox:
    """Mails as the server took them; ``refuse`` is what it answers to a recipient instead."""

    refuse: str = ""
    drop_answer: bool = False
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.drop_answer:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server(app: Flask) -> Iterator[Mailbox]:
    """A mail server to which ``app`` sends."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    known = {name: app.config[name] for name in ("SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY")}
    app.config.update(
        SMTP_HOST="127.0.0.1", SMTP_PORT=port, SMTP_SECURITY="none", MAIL_FROM="portal@example.jp"
    )
    try:
        yield box
    finally:
        app.config.update(known)
        controller.stop()


@contextmanager
def sms_provider(app: Flask) -> Iterator[Provider]:
    """An SMS provider to which ``app`` sends."""
    provider = Provider("key of the provider", secret=SECRET)
    server = ProviderServer(provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.config.update(
        SMS_URL=f"http://127.0.0.1:{server.server_port}",
        SMS_KEY=provider.key,
        SMS_SENDER="hokenjo",
        MESSAGE_WEBHOOK_SECRET=SECRET,
    )
    try:
        yield provider
    finally:
        app.config.update(SMS_URL="", SMS_KEY="", MESSAGE_WEBHOOK_SECRET="")
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    with mail_server(app) as box:
        yield box


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    with sms_provider(app) as one:
        yield one
