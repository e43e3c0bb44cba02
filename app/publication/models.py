"""The journal of the sums, publications and their files, and numbers entered by hand."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Section, item
from app.core.labels import Label
from app.institutions.models import Prefecture
from app.publication.codes import STATES

PUBLICATION = Section("publication", 10, Label("公表", "Publication"))
ENTERED = Section("entered_count", 10, Label("検査・相談の件数", "Tests and calls"))
WHOLE_PREFECTURE = 0
"""Authority of what is about a whole prefecture: a number, because NULL equals nothing."""

_issued = partial(item, section=PUBLICATION, privacy=Privacy.PUBLIC, editable=False)
_counted = partial(
    item,
    Integer,
    section=ENTERED,
    privacy=Privacy.PUBLIC,
    entered_by=(Enterer.HEALTH_CENTRE,),
    minimum=0,
    maximum=9_999_999,
)


class DailyCountChange(db.Model):
    """What became known on one day about one cell of ``daily_count``, by cause.

    ``known_on`` is the day in Japan on which the portal learnt it. For every cell the sum of
    ``gained − lost`` over all days is the present sum; over the days up to K it is what was known
    at the end of K. Rows of past days are never touched again.
    """

    __tablename__ = "daily_count_change"
    __table_args__ = ({"sqlite_with_rowid": False},)

    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(16), primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    counted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    known_on: Mapped[date] = mapped_column(Date, primary_key=True)
    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    centre_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cause: Mapped[str] = mapped_column(String(12), primary_key=True)
    gained: Mapped[int] = mapped_column(Integer, nullable=False)
    lost: Mapped[int] = mapped_column(Integer, nullable=False)


class CaseCountChange(db.Model):
    """One case in, out of or from one day to another: what explains a difference.

    New cases by each date, discharges and deaths; places of care are in the sums alone. Written
    once, also for cases that are deleted later: no foreign key.
    """

    __tablename__ = "case_count_change"
    __table_args__ = (
        Index(None, "prefecture_code", "measure", "counted_on", "known_at"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(Integer, nullable=False)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    cause: Mapped[str] = mapped_column(String(12), nullable=False)
    disease_id: Mapped[int] = mapped_column(Integer, nullable=False)
    prefecture_code: Mapped[str] = mapped_column(String(2), nullable=False)
    authority_id: Mapped[int] = mapped_column(Integer, nullable=False)
    centre_id: Mapped[int] = mapped_column(Integer, nullable=False)
    measure: Mapped[str] = mapped_column(String(24), nullable=False)
    counted_on: Mapped[date] = mapped_column(Date, nullable=False)
    n: Mapped[int] = mapped_column(Integer, nullable=False)


class Publication(Record, db.Model):
    """The figures of an area on a day, frozen: prepared, signed off by a person, or withdrawn.

    ``content`` is what was counted, suppressed already: no small cell is in it. Once written it
    never changes; a correction is the next ``version`` of the day.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("prefecture_code", "authority_id", "figures_on", "version"),
        Index(None, "state", "figures_on"),
    )

    figures_on: Mapped[date] = _issued(
        Date, ja="公表対象日", en="Figures of", nullable=False, source="R11, R116"
    )
    version: Mapped[int] = _issued(Integer, ja="版", en="Version", nullable=False)
    state: Mapped[str] = _issued(String(12), ja="状態", en="State", codes=STATES, nullable=False)
    prefecture_code: Mapped[str] = _issued(
        String(2),
        ja="都道府県",
        en="Prefecture",
        reference="Prefecture",
        foreign_key="prefecture.code",
        nullable=False,
    )
    authority_id: Mapped[int] = mapped_column(Integer, nullable=False, default=WHOLE_PREFECTURE)
    area_name: Mapped[str] = _issued(String(200), ja="対象地域", en="Area", nullable=False)
    area_code: Mapped[str] = _issued(
        String(6), ja="全国地方公共団体コード", en="Local government code", nullable=False
    )
    basis: Mapped[str] = mapped_column(String(12), nullable=False)
    data_at: Mapped[datetime] = _issued(
        UtcDateTime, ja="集計日時", en="Time of data", nullable=False
    )
    definitions: Mapped[str] = _issued(
        String(16), ja="定義の版", en="Version of definitions", nullable=False
    )
    # The list of people makes it long: read only where it is shown.
    content: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, deferred=True)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    correction_reason: Mapped[str | None] = _issued(
        String(400), ja="訂正の理由（公表される）", en="Reason of the correction (published)"
    )
    prepared_by: Mapped[str] = _issued(String(200), ja="作成者", en="Prepared by", nullable=False)
    prepared_by_id: Mapped[int | None] = mapped_column(Integer)
    signed_off_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="公表日時", en="Published at")
    signed_off_by: Mapped[str | None] = _issued(String(200), ja="承認者", en="Signed off by")
    withdrawn_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="取下げ日時", en="Withdrawn at")
    withdrawn_by: Mapped[str | None] = _issued(String(200), ja="取下げ者", en="Withdrawn by")
    withdrawn_reason: Mapped[str | None] = _issued(
        String(400), ja="取下げの理由（公表される）", en="Reason of the withdrawal (published)"
    )
    taken_down: Mapped[bool] = _issued(
        Boolean,
        ja="ファイルの公開停止",
        en="Files taken down",
        hint=Label("誤って個人が分かる内容を含んだ場合", "When it gave somebody away by mistake"),
        nullable=False,
        default=False,
    )

    prefecture: Mapped["Prefecture"] = relationship()

    @validates("content", "digest", "figures_on", "version", "basis", "data_at", "definitions")
    def _frozen(self, name: str, value: Any) -> Any:
        """What was counted stays as it was counted."""
        if self.id is not None:
            raise ValueError(f"{name} of a publication never changes")
        return value

    def __str__(self) -> str:
        return f"{self.area_name} {self.figures_on:%Y/%m/%d} v{self.version}"


class PublicationFile(db.Model):
    """A file as it was given out at the sign-off; everything under ``/open/`` is made of these.

    ``body`` is compressed (gzip without a time, so that equal content is equal bytes).
    """

    __tablename__ = "publication_file"
    __table_args__ = (UniqueConstraint("publication_id", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    body: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
    size: Mapped[int] = mapped_column(Integer, nullable=False)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    publication: Mapped["Publication"] = relationship()


class PublicNumber(db.Model):
    """The number under which an area publishes a case (「n例目」): given once, never again."""

    __tablename__ = "public_number"
    __table_args__ = (UniqueConstraint("prefecture_code", "authority_id", "number"),)

    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), primary_key=True)
    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)


class AreaCount(Record, db.Model):
    """Numbers of a day that no record of the portal holds: tests of everybody, calls."""

    __tablename__ = "area_count"
    __table_args__ = (UniqueConstraint("prefecture_code", "authority_id", "counted_on"),)

    counted_on: Mapped[date] = item(
        Date,
        ja="年月日",
        en="Day",
        section=ENTERED,
        privacy=Privacy.PUBLIC,
        nullable=False,
        source="オープンデータ項目定義書 実施_年月日・完了_年月日・受付_年月日",
    )
    people_tested: Mapped[int | None] = _counted(
        ja="検査実施人数",
        en="People tested",
        unit=Label("人", "people"),
        source="オープンデータ項目定義書 検査実施_人数",
    )
    tests: Mapped[int | None] = _counted(
        ja="検査実施件数", en="Tests", source="オープンデータ項目定義書 検査実施_件数"
    )
    positives: Mapped[int | None] = _counted(
        ja="検査陽性者数（判明日）",
        en="Positive people (day of result)",
        unit=Label("人", "people"),
        source="東京都 陽性率 PCR・抗原検査陽性者数",
    )
    negatives: Mapped[int | None] = _counted(
        ja="検査陰性者数（判明日）",
        en="Negative people (day of result)",
        unit=Label("人", "people"),
        source="東京都 陽性率 PCR・抗原検査陰性者数",
    )
    cleared: Mapped[int | None] = _counted(
        ja="陰性確認件数", en="Clearances", source="オープンデータ項目定義書 陰性確認_件数"
    )
    calls: Mapped[int | None] = _counted(
        ja="コールセンター相談件数",
        en="Calls to the call centre",
        source="オープンデータ項目定義書 相談件数",
    )
    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), nullable=False)
    authority_id: Mapped[int] = mapped_column(Integer, nullable=False, default=WHOLE_PREFECTURE)

    def __str__(self) -> str:
        return f"{self.counted_on:%Y/%m/%d}"
