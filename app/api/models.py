"""What opens the API to systems: keys. No secret itself is stored.

A person's token is a session of the account (:class:`app.accounts.session_models.AccountSession`).
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.codes import KEY_ROLES, SCOPES
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label

KEY = Section("api_key", 10, Label("APIキー", "API key"))


class ApiKey(Record, db.Model):
    """A key with which a system of an institution calls the API."""

    __tablename__ = "api_key"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    name: Mapped[str] = item(
        String(80),
        ja="名称",
        en="Name",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        hint=Label("例：電子カルテ連携", "For example: link to the medical records"),
        nullable=False,
    )
    role: Mapped[str] = item(
        String(40),
        ja="ID種別",
        en="Role",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        codes=KEY_ROLES,
        hint=Label(
            "この種別の権限を超えることはできません", "The key never does more than this role"
        ),
        nullable=False,
    )
    scopes: Mapped[tuple[str, ...]] = item(
        CodeSet,
        ja="許可する操作",
        en="Scopes",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        codes=SCOPES,
        nullable=False,
    )
    expires_on: Mapped[date] = item(
        Date,
        ja="有効期限",
        en="Valid until",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        hint=Label("最長1年", "At most a year from now"),
        nullable=False,
    )
    address_ranges: Mapped[str | None] = item(
        String(400),
        ja="接続元IPアドレス",
        en="Allowed addresses",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        hint=Label(
            "例：192.0.2.0/24（空欄はどこからでも可）",
            "For example 192.0.2.0/24; empty: from anywhere",
        ),
    )
    ending: Mapped[str] = item(
        String(8),
        ja="末尾",
        en="Ends in",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
        nullable=False,
        hint=Label("キーの末尾6文字", "The last six characters of the key"),
    )
    issued_at: Mapped[datetime] = item(
        UtcDateTime,
        ja="発行日時",
        en="Issued",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
        nullable=False,
    )
    revoked_at: Mapped[datetime | None] = item(
        UtcDateTime,
        ja="失効日時",
        en="Revoked",
        section=KEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
    )

    def __str__(self) -> str:
        return self.name


class ApiKeySecret(db.Model):
    """The hash a key is recognised by, and when it was last used; apart from its history."""

    __tablename__ = "api_key_secret"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
