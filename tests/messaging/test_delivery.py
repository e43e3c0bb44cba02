"""Each message is sent once, whatever the provider, the mail server and the worker do."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.devtools.sms_provider import Provider
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.messaging.delivery import deliver_due
from app.messaging.models import Message, MessageCost
from app.messaging.service import (
    Addressee,
    keep_template,
    queue_message,
    send_again,
    stop_messages,
)
from app.messaging.tasks import send_what_is_due
from app.messaging.webhook import HEADER, signature
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON
from tests.support.post import SECRET, Mailbox

pytestmark = pytest.mark.usefixtures("frozen_clock")
TESTS = system_actor("tests")
VALUES = {"link": "https://portal.example/p/1.abc", "phone": "03-1111-2222"}


def queued(key: str, channel: str = "sms", to: str = "+819011112222") -> int:
    """A queued reminder of the health centre 新宿."""
    institution = cast.actor("aoki").institution_id
    assert institution is not None
    case = cast.own_episode().case
    return queue_message(
        key,
        "reminder",
        Addressee(channel, to, "ja", case_id=case),
        VALUES,
        institution_id=institution,
    ).id


def message(key: int) -> Message:
    """The message as it stands."""
    with acting_as(TESTS):
        found = db.session.get(Message, key, populate_existing=True)
    assert found is not None
    return found


def states() -> list[str]:
    with acting_as(TESTS):
        return list(db.session.scalars(select(Message.state).order_by(Message.id)))


def test_a_message_with_the_same_key_is_the_same_message(app: Flask, provider: Provider) -> None:
    with app.app_context():
        assert queued("one") == queued("one")
        assert deliver_due() == {"sent": 1}
        assert deliver_due() == {}
    (sms,) = provider.taken.values()
    assert sms.to == "+819011112222"
    assert "https://portal.example/p/1.abc" in sms.text
    assert "山田" not in sms.text


def test_an_hour_without_the_provider_loses_nothing_and_sends_nothing_twice(
    app: Flask, provider: Provider
) -> None:
    with app.app_context():
        keys = [queued(f"m{n}") for n in range(5)]
        provider.down = True
        for minute in range(60):
            with clock.frozen_at(NOON + timedelta(minutes=minute)):
                # One message asks whether the provider is back; the others keep their tries.
                assert deliver_due() in ({}, {"later": 1})
        assert states() == ["queued"] * 5
        provider.down = False
        with clock.frozen_at(NOON + timedelta(minutes=125)):
            deliver_due()
            deliver_due()
        assert states() == ["sent"] * 5
        assert all(message(key).body is None for key in keys)
    assert len(provider.taken) == 5


def test_an_answer_that_got_lost_is_asked_for_again_and_not_sent_again(
    app: Flask, provider: Provider
) -> None:
    with app.app_context():
        key = queued("one")
        provider.silent = True
        assert deliver_due() == {"later": 1}
        provider.silent = False
        with clock.frozen_at(NOON + timedelta(minutes=2)):
            assert deliver_due() == {"sent": 1}
        assert message(key).state == "sent"
    assert provider.requests == 2
    assert len(provider.taken) == 1


def test_a_message_that_waits_too_long_is_not_sent_any_more(app: Flask, provider: Provider) -> None:
    with app.app_context():
        key = queued("one")
        with clock.frozen_at(NOON + timedelta(hours=25)):
            assert deliver_due() == {"failed": 1}
        assert (message(key).problem, message(key).body) == ("too_late", None)
    assert provider.requests == 0


@pytest.mark.parametrize(
    ("to", "state"), [("+819011110000", "bounced"), ("+819011119999", "opted_out")]
)
def test_a_number_the_provider_refuses_is_shown_as_what_it_is(
    app: Flask, provider: Provider, to: str, state: str
) -> None:
    with app.app_context():
        key = queued("one", to=to)
        assert deliver_due() == {state: 1}
        assert message(key).state == state


def test_a_mail_arrives_with_a_link_and_without_a_name(app: Flask, mailbox: Mailbox) -> None:
    with app.app_context():
        queued("one", "mail", "hanako@example.jp")
        assert deliver_due() == {"sent": 1}
    (mail,) = mailbox.mails
    assert mail["To"] == "hanako@example.jp"
    assert VALUES["link"] in mail.get_content()
    assert "山田" not in mail.as_string()


def test_a_refusing_mail_server_bounces_and_a_busy_one_is_asked_again(
    app: Flask, mailbox: Mailbox
) -> None:
    with app.app_context():
        mailbox.refuse = "550 no such user"
        assert message(queued("one", "mail", "nobody@example.jp")).state == "queued"
        assert deliver_due() == {"bounced": 1}
        mailbox.refuse = "451 try later"
        key = queued("two", "mail", "hanako@example.jp")
        assert deliver_due() == {"later": 1}
        mailbox.refuse = ""
        with clock.frozen_at(NOON + timedelta(minutes=2)):
            assert deliver_due() == {"sent": 1}
        assert message(key).attempts == 2
    assert len(mailbox.mails) == 1


def test_a_mail_whose_answer_got_lost_is_uncertain_and_repeated_by_hand_only(
    app: Flask, mailbox: Mailbox
) -> None:
    with app.app_context():
        key = queued("one", "mail", "hanako@example.jp")
        mailbox.drop_answer = True
        assert deliver_due() == {"failed": 1}
        assert message(key).problem == "uncertain"
        mailbox.drop_answer = False
        with clock.frozen_at(NOON + timedelta(hours=1)):
            assert deliver_due() == {}
            by = cast.actor("aoki")
            with acting_as(by):
                send_again(key, by=by)
            assert deliver_due() == {"sent": 1}


def test_a_worker_that_died_after_its_try_repeats_no_mail(app: Flask, mailbox: Mailbox) -> None:
    with app.app_context():
        key = queued("one", "mail", "hanako@example.jp")
        with acting_as(TESTS), transaction() as session:
            session.execute(
                update(Message)
                .where(Message.id == key)
                .values(claimed_until=NOON - timedelta(minutes=1), attempts=1)
            )
        assert deliver_due() == {"failed": 1}
        assert message(key).problem == "uncertain"
    assert mailbox.mails == []


def test_who_wants_no_messages_gets_none(app: Flask, provider: Provider) -> None:
    with app.app_context():
        waiting = queued("one")
        stop_messages("+819011112222")
        assert deliver_due() == {"opted_out": 1}
        assert message(waiting).state == "opted_out"
        assert message(queued("two")).state == "opted_out"
        with acting_as(TESTS):
            assert "9011112222" not in str(db.session.execute(_raw("message_opt_out")).all())
    assert provider.requests == 0


def _raw(table: str) -> object:
    return select(db.metadata.tables[table])


def test_what_was_sent_is_counted_by_institution_and_month(app: Flask, provider: Provider) -> None:
    with app.app_context():
        queued("one")
        queued("two")
        deliver_due()
        with acting_as(TESTS):
            (cost,) = db.session.scalars(select(MessageCost)).all()
        assert (cost.month, cost.channel, cost.messages) == ("2021-08", "sms", 2)
        assert cost.yen == Decimal(cost.parts * 8)


def test_the_sweep_asks_for_the_sending_once(app: Flask, provider: Provider) -> None:
    with app.app_context(), acting_as(TESTS):
        assert send_what_is_due() == 0
        queued("one")
        assert (send_what_is_due(), send_what_is_due()) == (1, 0)
        job = db.session.scalar(select(JobRun.id).where(JobRun.kind == "messages"))
        assert job is not None
        assert run_job(job)
        assert states() == ["sent"]


# -- the provider's reports -------------------------------------------------------------------


def reported(app: Flask, body: bytes, header: str) -> int:
    return (
        app.test_client()
        .post(
            "/messages/delivery",
            data=body,
            headers={HEADER: header, "Content-Type": "application/json"},
        )
        .status_code
    )


def test_a_signed_report_moves_a_message_on_and_a_forged_one_does_not(
    app: Flask, provider: Provider
) -> None:
    with app.app_context():
        key = queued("one")
        deliver_due()
        sent = message(key).provider_key
    body = json.dumps({"events": [{"id": sent, "state": "delivered"}]}).encode()
    now = int(NOON.timestamp())
    genuine = signature(SECRET, now, body)
    old = signature(SECRET, now - 301, body)
    for header in ("", "t=1,v1=" + "0" * 64, signature("another", now, body), old):
        assert reported(app, body, header) == 401
    with app.app_context():
        assert message(key).state == "sent"
    assert reported(app, body + b" ", genuine) == 401
    assert reported(app, body, genuine) == 200
    with app.app_context():
        assert message(key).state == "delivered"
    assert reported(app, b"[]", signature(SECRET, now, b"[]")) == 400


def test_a_stop_answered_to_an_sms_stops_the_next_ones(app: Flask, provider: Provider) -> None:
    with app.app_context():
        key = queued("one")
        deliver_due()
        body = json.dumps(
            {"events": [{"id": message(key).provider_key, "state": "opted_out"}]}
        ).encode()
    assert reported(app, body, signature(SECRET, int(NOON.timestamp()), body)) == 200
    with app.app_context():
        assert message(queued("two")).state == "opted_out"


# -- the screens ------------------------------------------------------------------------------


def test_the_queue_shows_states_and_no_address(app: Flask, provider: Provider) -> None:
    with app.app_context():
        queued("one")
        queued("two", to="+819011110000")
        deliver_due()
    page = cast.sign_in(app.test_client(), "aoki").get("/messages/").text
    assert "不達" in page
    assert "送信済" in page
    assert "…2222" in page
    assert "9011112222" not in page
    assert "2222" not in cast.sign_in(app.test_client(), "chiba").get("/messages/").text


def test_an_own_text_goes_before_the_portals(app: Flask, provider: Provider) -> None:
    with app.app_context():
        by = cast.actor("aoki")
        with acting_as(by):
            for wrong in ("{link} {name}", "リンクなし"):
                with pytest.raises(InvalidInput):
                    _keep(wrong, by)
            _keep("新宿です {link}", by)
        queued("one")
        deliver_due()
    (sms,) = provider.taken.values()
    assert sms.text == "新宿です https://portal.example/p/1.abc"


def _keep(body: str, by: object) -> None:
    keep_template(
        None,
        purpose="reminder",
        channel="sms",
        language="ja",
        subject=None,
        body=body,
        by=by,  # type: ignore[arg-type]
    )


def test_a_preview_shows_what_arrives_and_keeps_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = cast.sign_in(app.test_client(), "aoki")
    path = "/message-templates/reminder/sms/ja"
    typed = {"body": "見本です {link}", "step": "preview"}
    shown = client.post(path, data=typed)
    assert "見本です https://portal.example/p/" in shown.text
    assert "見本です" not in client.get(path).text
    assert client.post(path, data={"body": "{who}"}).status_code == 422
    assert client.post(path, data={"body": "見本です {link}"}).status_code == 303
    assert "見本です" in client.get(path).text
