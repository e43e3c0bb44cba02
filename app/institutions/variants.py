"""Names of variants of a pathogen, and mutations a screening looks for: data of each disease."""

from datetime import date

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.core.db import Record, db
from app.core.items import Privacy, Section, item
from app.core.labels import CodeList, Label
from app.institutions.diseases import Disease

VARIANT = Section("variant", 40, Label("変異株・変異", "Variants and mutations"))
OPEN = Privacy.PUBLIC

VARIANT_KINDS = CodeList(
    "variant_kind",
    ("lineage", "変異株・系統", "Variant or lineage"),
    ("mutation", "変異（スクリーニングの検査項目）", "Mutation a screening looks for"),
)
UNDETERMINED = "undetermined"
"""The code of the name that says a genome gave no answer; every disease may have one."""


class Variant(Record, db.Model):
    """A name a genome analysis can give, or a mutation a screening looks for.

    One row for all periods of a disease (see :class:`Disease`); results refer to it for ever, so
    it is never deleted: its use ends.
    """

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("disease_id", "code"),)

    disease_id: Mapped[int] = item(
        Integer,
        ja="疾病",
        en="Disease",
        section=VARIANT,
        privacy=OPEN,
        hint=Label(
            "類型が変わった疾病は、どの時期を選んでも同じ疾病として扱います。",
            "Of a disease that changed its category any period may be chosen.",
        ),
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
    )
    kind: Mapped[str] = item(
        String(12),
        ja="種別",
        en="Kind",
        section=VARIANT,
        privacy=OPEN,
        codes=VARIANT_KINDS,
        nullable=False,
    )
    code: Mapped[str] = item(
        String(24),
        ja="コード",
        en="Code",
        section=VARIANT,
        privacy=OPEN,
        hint=Label(
            "半角の英小文字・数字・下線（例 omicron_ba_5）。登録後は変更できません。",
            "Small letters, digits and underscores, as omicron_ba_5; not changed afterwards.",
        ),
        nullable=False,
    )
    label_ja: Mapped[str] = item(
        String(60),
        ja="表示（日本語）",
        en="Name (Japanese)",
        section=VARIANT,
        privacy=OPEN,
        nullable=False,
    )
    label_en: Mapped[str] = item(
        String(60),
        ja="表示（英語）",
        en="Name (English)",
        section=VARIANT,
        privacy=OPEN,
        nullable=False,
    )
    position: Mapped[int] = item(
        Integer,
        ja="表示順",
        en="Position",
        section=VARIANT,
        privacy=OPEN,
        nullable=False,
        default=0,
    )
    used_from: Mapped[date | None] = item(
        Date, ja="使用開始日", en="Used from", section=VARIANT, privacy=OPEN
    )
    used_to: Mapped[date | None] = item(
        Date,
        ja="使用終了日",
        en="Used until",
        section=VARIANT,
        privacy=OPEN,
        hint=Label(
            "翌日から新たに選択できなくなります。入力済みの結果は残ります。",
            "From the next day on it is offered no more; results that name it stay.",
        ),
    )
    source: Mapped[str | None] = item(
        String(200), ja="出典", en="Source", section=VARIANT, privacy=OPEN
    )

    disease: Mapped[Disease] = relationship()

    @property
    def label(self) -> Label:
        """The name in both languages."""
        return Label(self.label_ja, self.label_en)

    def is_used_on(self, day: date) -> bool:
        """True while it is offered."""
        return (self.used_from is None or self.used_from <= day) and (
            self.used_to is None or day <= self.used_to
        )

    def __str__(self) -> str:
        return str(self.label)
