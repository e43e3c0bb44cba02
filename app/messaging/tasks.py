"""Sending as background work: a job whenever something is due, and cleaning up once a day."""

from datetime import date

from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.jobs.service import enqueue_once
from app.messaging.delivery import deliver_due, forget_texts, is_something_due
from app.messaging.service import MESSAGES

KIND = "messages"


@job(KIND, title=Label("メッセージの送信", "Sending of messages"))
def deliver(ctx: JobContext) -> Result:
    """Send what is due."""
    done = deliver_due(ctx.progress)
    return Result(counts={"rows": sum(done.values())})


@regularly("messages due")
def send_what_is_due() -> int:
    """Ask for the sending when there is something to send and nobody is at it."""
    if not is_something_due():
        return 0
    return int(enqueue_once(KIND, by=MESSAGES))


@daily("texts of failed messages")
def forget(_today: date) -> int:
    """Texts hold links; what could not be sent for a week is not kept."""
    return forget_texts()
