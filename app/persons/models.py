"""The person: everything that identifies, in a table of its own.

Roles without a row law on this table (ministry, prefecture, laboratories) work with
pseudonymous cases by structure, not by a mask.
"""

from datetime import date
from functools import partial

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.core.anonymity import Anonymisable
from app.core.db import Record, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.japanese import format_postal_code, postal_code
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.sections import BASIC, SYSTEM

_name = partial(item, section=BASIC, privacy=Privacy.NAME, entered_by=(Enterer.CLINIC,))
_phone = partial(item, section=BASIC, privacy=Privacy.TELEPHONE, entered_by=(Enterer.CLINIC,))
_identity = partial(item, section=BASIC, privacy=Privacy.IDENTIFYING, entered_by=(Enterer.CLINIC,))
_family = partial(item, section=BASIC, privacy=Privacy.GUARDIAN, entered_by=(Enterer.CLINIC,))


class Person(Anonymisable, Record, db.Model):
    """A human being; the same row serves contact, case and every later episode."""

    __tablename__ = "person"
    __table_args__ = (
        # Those that were made one with another, which are few.
        Index(
            None,
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    name: Mapped[str | None] = _name(
        String(100),
        ja="氏名",
        en="Name",
        required=Stage.NOTIFICATION,
        aliases=("患者氏名", "当該者氏名", "観察対象者氏名", "患者情報_氏名"),
        source="別紙3 R49; 入力項目 R81; 発生届 2",
    )
    kana: Mapped[str | None] = _name(
        String(100),
        ja="ふりがな",
        en="Name in kana",
        required=Stage.NOTIFICATION,
        aliases=("フリガナ", "よみがな", "氏名カナ"),
        source="別紙3 R49; 発生届 2（2021年2月）",
    )
    birth_on: Mapped[date | None] = _identity(
        Date,
        ja="生年月日",
        en="Date of birth",
        required=Stage.NOTIFICATION,
        source="別紙3 R49; 入力項目 R81; 発生届 4",
    )
    postal_code: Mapped[str | None] = _identity(
        String(8), ja="郵便番号", en="Postal code", source="別紙3 R50; 発生届 7"
    )
    address: Mapped[str | None] = _identity(
        String(255),
        ja="住所",
        en="Address",
        aliases=("患者住所", "当該者住所"),
        source="別紙3 R50; 入力項目 R81; 発生届 7",
    )
    home_phone: Mapped[str | None] = _phone(
        String(20),
        ja="電話番号（自宅）",
        en="Telephone (home)",
        aliases=("住所電話", "患者電話番号", "TEL", "電話番号"),
        source="別紙3 R50; 入力項目 R81; 発生届 7",
    )
    mobile_phone: Mapped[str | None] = _phone(
        String(20),
        ja="電話番号（携帯）",
        en="Telephone (mobile)",
        aliases=("携帯電話", "携帯電話番号"),
        source="別紙3 R50",
    )
    email: Mapped[str | None] = _identity(
        String(254),
        ja="メールアドレス",
        en="E-mail",
        aliases=("Email", "メール"),
        source="別紙3 R50",
    )
    workplace: Mapped[str | None] = _identity(
        String(200),
        ja="勤務先等",
        en="Workplace or school",
        aliases=("勤務先", "学校"),
        source="別紙3 R50; 添付1 25",
    )
    nationality: Mapped[str | None] = _identity(
        String(100), ja="国籍", en="Nationality", source="別紙3 R50; 添付1 21"
    )
    location_address: Mapped[str | None] = _identity(
        String(255),
        ja="所在地",
        en="Present location",
        hint=Label("住所と異なる場合に入力", "Where the person is now, if not at the address"),
        aliases=("当該者所在地",),
        source="入力項目 R81; 発生届 8",
    )
    location_phone: Mapped[str | None] = _phone(
        String(20),
        ja="所在地の電話番号",
        en="Telephone at present location",
        aliases=("所在地電話",),
        source="入力項目 R81; 発生届 8",
    )
    guardian_name: Mapped[str | None] = _family(
        String(100),
        ja="保護者氏名",
        en="Guardian's name",
        hint=Label("未成年の場合のみ", "Minors only"),
        source="発生届 9",
    )
    guardian_address: Mapped[str | None] = _family(
        String(255), ja="保護者住所", en="Guardian's address", source="発生届 10"
    )
    guardian_phone: Mapped[str | None] = _family(
        String(20),
        ja="保護者電話番号",
        en="Guardian's telephone",
        aliases=("保護者電話",),
        source="発生届 10",
    )
    emergency_name: Mapped[str | None] = _family(
        String(100),
        ja="緊急連絡先（氏名・続柄）",
        en="Emergency contact (name, relation)",
        aliases=("本人以外の連絡先",),
        source="入力項目 R81; 添付1 26",
    )
    emergency_phone: Mapped[str | None] = _family(
        String(20),
        ja="緊急連絡先電話番号",
        en="Emergency contact's telephone",
        source="入力項目 R81; 添付1 26",
    )

    merged_into_id: Mapped[int | None] = item(
        Integer,
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.SYSTEM,),
        editable=False,
        ja="統合先の番号",
        en="Made one with",
        foreign_key="person.id",
        source="R153（名寄せの仕組み）",
    )
    """A person entered twice: what hung on this row hangs on that one now, and this one is empty."""

    @validates("postal_code")
    def _written_one_way(self, _name: str, value: str | None) -> str | None:
        """〒１５０００４３ and 150 0043 are one code; what is none stays as it was typed."""
        try:
            return None if value is None else format_postal_code(postal_code(value))
        except InputProblem:
            return value

    def __str__(self) -> str:
        return self.name or self.kana or f"#{self.id}"


class PersonSearch(db.Model):
    """What a person can be found by: tokens that say nothing without the key they are made with.

    Written by :mod:`app.persons.search_keys` with every change of a name, number or birth date.
    """

    __tablename__ = "person_search"
    # One index for both: GIN over the set on PostgreSQL; on SQLite, where PersonPosting is the
    # index, it holds no row.
    __table_args__ = (
        Index(None, "tokens", postgresql_using="gin", sqlite_where=text("0")),
        Index(None, "key_id"),
        Index(None, "form"),
        # Whom nobody was compared with yet since the last change; app.matching empties it.
        Index(
            "ix_person_search_to_compare",
            "person_id",
            sqlite_where=text("to_compare"),
            postgresql_where=text("to_compare"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(SmallInteger)
    form: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    """Which tokens are kept, see ``lookups.FORM``."""
    to_compare: Mapped[bool] = mapped_column(Boolean, server_default=false())
    tokens: Mapped[list[int]] = mapped_column(
        JSON().with_variant(ARRAY(Integer()), "postgresql"), nullable=False
    )


class PersonPosting(db.Model):
    """Token → person, where the database has no index over a set of numbers (SQLite)."""

    __tablename__ = "person_posting"
    __table_args__ = ({"sqlite_with_rowid": False},)

    token: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # No foreign key: this table lies in the order of tokens, and SQLite would read the whole of
    # it for each person removed. app.persons.search_keys removes what belongs to one.
    person_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
