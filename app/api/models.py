"""What opens the API to systems: keys. No secret itself is stored.

A person's token is a session of the account (:class:`app.accounts.session_models.AccountSession`).
"""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.codes import KEY_ROLES, SCOPES
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label

KEY = Section("api_key", 10, Label("APIキー", "API key"))
_of_key = partial(item, section=KEY, privacy=Privacy.OPERATIONAL)
_set_by_portal = partial(_of_key, editable=False)


class ApiKey(Record, db.Model):
    """A key with which a system of an institution calls the API."""

    __tablename__ = "api_key"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    name: Mapped[str] = _of_key(
        String(80),
        ja="名称",
        en="Name",
        hint=Label("例：電子カルテ連携", "For example: link to the medical records"),
        nullable=False,
    )
    role: Mapped[str] = _of_key(
        String(40),
        ja="ID種別",
        en="Role",
        codes=KEY_ROLES,
        hint=Label(
            "この種別の権限を超えることはできません", "The key never does more than this role"
        ),
        nullable=False,
    )
    scopes: Mapped[tuple[str, ...]] = _of_key(
        CodeSet,
        ja="許可する操作",
        en="Scopes",
        codes=SCOPES,
        nullable=False,
    )
    expires_on: Mapped[date] = _of_key(
        Date,
        ja="有効期限",
        en="Valid until",
        hint=Label("最長1年", "At most a year from now"),
        nullable=False,
    )
    address_ranges: Mapped[str | None] = _of_key(
        String(400),
        ja="接続元IPアドレス",
        en="Allowed addresses",
        hint=Label(
            "例：192.0.2.0/24（空欄はどこからでも可）",
            "For example 192.0.2.0/24; empty: from anywhere",
        ),
    )
    ending: Mapped[str] = _set_by_portal(
        String(8),
        ja="末尾",
        en="Ends in",
        nullable=False,
        hint=Label("キーの末尾6文字", "The last six characters of the key"),
    )
    issued_at: Mapped[datetime] = _set_by_portal(
        UtcDateTime,
        ja="発行日時",
        en="Issued",
        nullable=False,
    )
    revoked_at: Mapped[datetime | None] = _set_by_portal(
        UtcDateTime,
        ja="失効日時",
        en="Revoked",
    )

    def __str__(self) -> str:
        return self.name


class ApiKeySecret(db.Model):
    """The hash a key is recognised by, and when it was last used; apart from its history."""

    __tablename__ = "api_key_secret"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
