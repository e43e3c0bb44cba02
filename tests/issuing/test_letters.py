"""Letters and mails: the code stands there, once, and nowhere else."""

import re
import zlib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app.accounts.activation import begin_activation
from app.accounts.models import Account
from app.accounts.service import reset_account
from app.core.db import db
from app.issuing import letters as letters_module
from app.issuing.letters import Letter, activation_address, link_with_code, write_letters
from app.issuing.tasks import LETTERS, MAILS
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.messaging.mail import MailNotSent, send_now
from app.security.actor import acting_as
from tests.accounts.administration import TESTS, issued, key_of
from tests.support import cast

CODE = re.compile(r"#u=([a-z0-9.-]+)&c=([0-9A-Z-]{19})")


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has, compressed objects included."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return max(int(n) for part in parts for n in re.findall(rb"/Count (\d+)", part))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """The letters that were drawn, beside their PDF."""
    drawn: list[Letter] = []
    real = letters_module.write_letters

    def note(letters: list[Letter], path: Path) -> None:
        drawn.extend(letters)
        real(letters, path)

    monkeypatch.setattr("app.issuing.tasks.write_letters", note)
    return drawn


def ask(app: Flask, kind: str, who: str, *usernames: str) -> JobRun:
    """Ask for letters or mails as ``who`` and do the work."""
    keys = [key_of(app, name) for name in usernames]
    with app.test_request_context():
        by = cast.actor(who)
        with acting_as(by):
            key = enqueue(kind, {"user_ids": keys}, by=by).id
        run_job(key)
        with acting_as(TESTS):
            job = db.session.get(JobRun, key, populate_existing=True)
            assert job is not None
            return job


def test_a_letter_makes_a_new_code_and_the_file_is_given_out_once(
    app: Flask, made: list[Letter]
) -> None:
    old = issued(app)
    job = ask(app, LETTERS, "ueda", "newcomer", "fujii")
    assert (job.state, job.result["counts"]) == ("done", {"rows": 1, "rejected": 1})
    assert job.expires_at is not None
    assert job.finished_at is not None
    assert (job.expires_at - job.finished_at).total_seconds() <= 2 * 3600 + 1
    (letter,) = made
    with app.app_context():
        assert begin_activation("newcomer", old) is None
        assert begin_activation("newcomer", letter.code) is not None
    client = cast.sign_in(app.test_client(), "ueda")
    path = f"/jobs/{job.id}/download"
    assert cast.sign_in(app.test_client(), "saito").get(path).status_code == 404
    assert client.head(path).status_code == 200
    first = client.get(path)
    assert first.data.startswith(b"%PDF")
    assert pages_of(first.data) == 1
    assert client.get(path).status_code == 404


def test_a_code_stands_on_paper_alone(app: Flask, made: list[Letter]) -> None:
    issued(app)
    ask(app, LETTERS, "ueda", "newcomer")
    code = made[0].code
    with app.app_context(), acting_as(TESTS):
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                assert code not in str(row), table.name
                assert code.replace("-", "") not in str(row), table.name


def test_no_letter_is_printed_for_accounts_of_others(app: Flask, made: list[Letter]) -> None:
    issued(app)
    job = ask(app, LETTERS, "saito", "newcomer")
    assert job.state == "failed"
    assert made == []
    assert ask(app, LETTERS, "fujii", "newcomer").state == "failed"


@pytest.mark.one_database
def test_fifty_letters_are_fifty_pages_and_markup_is_text(app: Flask, tmp_path: Path) -> None:
    letter = Letter(
        institution='#panic("x") *新宿* $総合$ 病院 @label <x>',
        name='#read("/etc/passwd") 髙橋 﨑',
        username="hospital-001",
        role="入院医療機関",
        address="https://portal.example/activate",
        code="ABCD-EFGH-JKLM-NPQR",
        expires_at="2021/09/03 12:00",
        issued_on="2021/08/20",
        qr='<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    )
    with app.test_request_context():
        write_letters([letter] * 50, tmp_path / "letters.pdf")
    assert pages_of((tmp_path / "letters.pdf").read_bytes()) == 50


@pytest.mark.one_database
def test_the_code_stands_behind_the_hash_which_no_browser_sends(app: Flask) -> None:
    with app.test_request_context():
        link = link_with_code("ueda-2", "ABCD-EFGH-JKLM-NPQR")
        assert link.split("#")[0] == activation_address() == "https://portal.example/activate"
        assert "?" not in link
    assert CODE.search(link)


class Letterbox:
    """A real mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def letterbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=8425)
    controller.start()
    for name, value in {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": 8425,
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "portal@portal.example",
    }.items():
        monkeypatch.setitem(app.config, name, value)
    yield box
    controller.stop()


def test_mails_go_to_those_with_an_address_and_open_the_account(
    app: Flask, letterbox: Letterbox
) -> None:
    issued(app, mail="nitta@hospital.example")
    issued(app, username="without", name="無 郵")
    job = ask(app, MAILS, "ueda", "newcomer", "without")
    assert job.result["counts"] == {"rows": 1, "rejected": 1}
    ((to, message),) = letterbox.mails
    assert to == ["nitta@hospital.example"]
    assert message["Subject"] == "アカウント利用開始のご案内"
    body = message.get_content()
    found = CODE.search(body)
    assert found is not None
    with app.app_context():
        assert begin_activation(found[1], found[2]) is not None


def test_a_reset_is_told_by_mail_without_a_code(app: Flask, letterbox: Letterbox) -> None:
    issued(app, mail="nitta@hospital.example")
    with app.test_request_context():
        by = cast.actor("ueda")
        with acting_as(by):
            code = reset_account(db.session.get_one(Account, key_of(app, "newcomer")), by=by)
        with acting_as(TESTS):
            keys = db.session.scalars(select(JobRun.id).where(JobRun.kind == "mail")).all()
        for key in keys:
            assert run_job(key)
    ((_to, message),) = letterbox.mails
    assert "再設定" in message["Subject"]
    assert code not in message.get_content()


@pytest.mark.one_database
def test_a_mail_that_cannot_be_sent_says_so_without_an_address(
    app: Flask, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SMTP_PORT", 9)
    with app.app_context(), pytest.raises(MailNotSent) as caught:
        send_now(to="nitta@hospital.example", subject="x", text="x")
    assert "nitta" not in str(caught.value)
    with app.app_context(), pytest.raises(ValueError, match=r"linefeed|newline"):
        send_now(to="nitta@hospital.example", subject="x\r\nBcc: all@x.example", text="x")
