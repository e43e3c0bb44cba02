"""Outgoing messages, their texts, who wants none, and what they cost."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.crypto.types import Encrypted
from app.core.db import Record, UtcDateTime, db
from app.core.items import Privacy, item
from app.core.sections import SYSTEM
from app.messaging.codes import CHANNEL, MESSAGE_STATE, PROBLEM, PURPOSE


class Message(db.Model):
    """One message to one address, sent at most once.

    ``key`` says what the message is (``reminder/12/2021-08-20``): a second one with the same
    key is the same message. ``body`` holds a link or a number and is emptied as soon as it
    has left. The tables it points at are named, not imported: this package stands below them.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "next_at"),
        Index(None, "institution_id", "created_at"),
        Index(None, "case_id"),
        Index(None, "contact_id"),
        Index(None, "provider_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    purpose: Mapped[str] = item(
        String(20),
        ja="送信目的",
        en="Purpose of the message",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        codes=PURPOSE,
        nullable=False,
        editable=False,
    )
    channel: Mapped[str] = item(
        String(8),
        ja="送信手段",
        en="Way of sending",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        codes=CHANNEL,
        nullable=False,
        editable=False,
    )
    language: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = item(
        String(254),
        ja="宛先",
        en="Recipient",
        section=SYSTEM,
        privacy=Privacy.IDENTIFYING,
        nullable=False,
        editable=False,
    )
    subject: Mapped[str | None] = mapped_column(Encrypted(String(200)))
    body: Mapped[str | None] = mapped_column(Encrypted(String(4000)))
    state: Mapped[str] = item(
        String(12),
        ja="送信状態",
        en="State of the message",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        codes=MESSAGE_STATE,
        nullable=False,
        default="queued",
        editable=False,
    )
    problem: Mapped[str | None] = item(
        String(20),
        ja="送信できない理由",
        en="Problem with the message",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        codes=PROBLEM,
        editable=False,
    )
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_key: Mapped[str | None] = mapped_column(String(200))
    parts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageTemplate(Record, db.Model):
    """An institution's own wording; without one the portal's wording is used."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("institution_id", "purpose", "channel", "language"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str | None] = mapped_column(Encrypted(String(200)))
    body: Mapped[str] = mapped_column(Encrypted(String(2000)))


class OptOut(db.Model):
    """An address that wants no more messages; a keyed hash, which tells nobody whose it is."""

    __tablename__ = "message_opt_out"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class MessageCost(db.Model):
    """What an institution sent in a month: how many messages, how many parts, for how much."""

    __tablename__ = "message_cost"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    messages: Mapped[int] = mapped_column(Integer, default=0)
    parts: Mapped[int] = mapped_column(Integer, default=0)
    yen: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0)
