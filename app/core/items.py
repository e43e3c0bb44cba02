"""An item declared once: everything the portal knows about a field, beside its column.

``item()`` makes the database column and hangs an :class:`Item` on it. Lists, forms,
masks, the data dictionary (別紙3), Excel and CSV headings, accepted import headings and
the REST schema all read that object and nothing else.
"""

import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, Numeric, String, Text
from sqlalchemy.orm import MappedColumn, class_mapper, mapped_column
from sqlalchemy.types import TypeEngine

from app.core.crypto.types import Encrypted
from app.core.db import CodeSet, UtcDateTime
from app.core.labels import CodeList, Label


class Privacy(enum.StrEnum):
    """What an item gives away about a human being; roles read and write by class."""

    NAME = "name"
    """Name and its reading."""
    TELEPHONE = "telephone"
    """How to reach the person by voice."""
    IDENTIFYING = "identifying"
    """Anything else that points at one person; all free text counts as this."""
    GUARDIAN = "guardian"
    """Guardian and emergency contact: people who are not the patient."""
    INVESTIGATION = "investigation"
    """What the health centre wrote down about whom the patient met, and where."""
    CLINICAL = "clinical"
    """Diagnosis, tests, course, treatment, risk factors."""
    OBSERVATION = "observation"
    """Daily health as reported or observed."""
    PROFILE = "profile"
    """Sex and age, without the date of birth."""
    EPIDEMIOLOGICAL = "epidemiological"
    """Municipality, occupation, dates, link: what counting needs besides."""
    OPERATIONAL = "operational"
    """Numbers, states and institutions the work itself needs."""
    PUBLIC = "public"
    """Master data: places, institutions, diseases. About nobody."""

    @property
    def label(self) -> Label:
        """The class in the reader's words."""
        return _PRIVACY_LABELS[self]

    @property
    def is_personal(self) -> bool:
        """True for what identifies somebody: such items are encrypted in the database."""
        return self in _PERSONAL


_PERSONAL = frozenset(
    {
        Privacy.NAME,
        Privacy.TELEPHONE,
        Privacy.IDENTIFYING,
        Privacy.GUARDIAN,
        Privacy.INVESTIGATION,
    }
)

_PRIVACY_LABELS = {
    Privacy.NAME: Label("氏名", "Name"),
    Privacy.TELEPHONE: Label("電話番号", "Telephone"),
    Privacy.IDENTIFYING: Label("個人特定情報", "Identifying"),
    Privacy.GUARDIAN: Label("保護者・緊急連絡先", "Guardian and emergency contact"),
    Privacy.INVESTIGATION: Label("調査内容", "Investigation"),
    Privacy.CLINICAL: Label("診療情報", "Clinical"),
    Privacy.OBSERVATION: Label("健康観察", "Observation"),
    Privacy.PROFILE: Label("性別・年齢", "Sex and age"),
    Privacy.EPIDEMIOLOGICAL: Label("疫学情報", "Epidemiological"),
    Privacy.OPERATIONAL: Label("業務情報", "Operational"),
    Privacy.PUBLIC: Label("マスタ情報", "Master data"),
}


class Enterer(enum.StrEnum):
    """主な入力者 of 別紙3."""

    CLINIC = "clinic"
    HEALTH_CENTRE = "health_centre"
    PATIENT = "patient"
    SYSTEM = "system"


ENTERER_MARKS = {
    Enterer.CLINIC: "医",
    Enterer.HEALTH_CENTRE: "保",
    Enterer.PATIENT: "患",
    Enterer.SYSTEM: "－",
}


class Stage(enum.StrEnum):
    """When a required item (◎) has to be there; never before, so that nothing blocks a save."""

    NOTIFICATION = "notification"
    ACCEPTANCE = "acceptance"
    INVESTIGATION = "investigation"
    FOLLOW_UP = "follow_up"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Section:
    """A card on a page and a heading in the data dictionary; sorted by ``order``."""

    key: str
    order: int
    label: Label


@dataclass(frozen=True, slots=True)
class Item:
    """The declaration of one field; ``name`` is the attribute on the model."""

    label: Label
    section: Section
    privacy: Privacy
    source: str = ""
    required: Stage | None = None
    entered_by: tuple[Enterer, ...] = ()
    codes: CodeList | None = None
    aliases: tuple[str, ...] = ()
    hint: Label | None = None
    unit: Label | None = None
    editable: bool = True
    minimum: float | None = None
    maximum: float | None = None
    reference: str | None = None
    """Name of the model a foreign key points at; the relationship drops ``_id`` or ``_code``."""
    kind: str = ""
    """``text``, ``long_text``, ``date``, ``instant``, ``integer``, ``decimal``, ``boolean``,
    ``code``, ``codes`` or ``reference``."""
    max_length: int | None = None
    nullable: bool = True
    name: str = ""
    model: type[Any] | None = field(default=None, compare=False)

    @property
    def mark(self) -> str:
        """◎ where 別紙3 requires the item, else an empty string."""
        return "◎" if self.required else ""

    @property
    def enterer_marks(self) -> str:
        """医／保／患 as printed in 別紙3."""
        return "／".join(ENTERER_MARKS[who] for who in self.entered_by)

    @property
    def relation(self) -> str:
        """The relationship attribute behind a reference item."""
        return self.name.removesuffix("_id").removesuffix("_code")


def item(
    type_: type[TypeEngine[Any]] | TypeEngine[Any],
    *,
    ja: str,
    en: str,
    section: Section,
    privacy: Privacy,
    source: str = "",
    required: Stage | None = None,
    entered_by: Collection[Enterer] = (),
    codes: CodeList | None = None,
    aliases: Collection[str] = (),
    hint: Label | None = None,
    unit: Label | None = None,
    editable: bool = True,
    minimum: float | None = None,
    maximum: float | None = None,
    reference: str | None = None,
    foreign_key: str | None = None,
    nullable: bool = True,
    index: bool = False,
    unique: bool = False,
    default: Any = None,
    insert_default: Callable[[], Any] | None = None,
    encrypted: bool = False,
) -> MappedColumn[Any]:
    """Declare a column with everything the portal knows about it.

    Items that identify somebody (see ``Privacy.is_personal``) are encrypted by this alone.

    Args:
        type_: the column type; with ``codes`` a String holds one code, a CodeSet several.
        ja, en: the official wording and its English.
        source: where the item comes from: law, form item or requirement number.
        required: the stage before which a ◎ item has to be filled.
        entered_by: 主な入力者.
        aliases: further headings under which imported files carry the item.
        editable: False for items the portal itself derives or issues.
        encrypted: True for free words that roles without identity read as well; what identifies
            somebody is encrypted without it.
        reference: model name when the column is a foreign key (give ``foreign_key`` too).

    Raises:
        TypeError: an encrypted item that is a key or an index, which ciphertext cannot be.
    """
    instance = type_() if isinstance(type_, type) else type_
    declared = Item(
        label=Label(ja, en),
        section=section,
        privacy=privacy,
        source=source,
        required=required,
        entered_by=tuple(entered_by),
        codes=codes,
        aliases=tuple(aliases),
        hint=hint,
        unit=unit,
        editable=editable,
        minimum=minimum,
        maximum=maximum,
        reference=reference,
        kind=_kind(instance, codes, reference),
        max_length=getattr(instance, "length", None),
        nullable=nullable,
    )
    keys = [ForeignKey(foreign_key)] if foreign_key else []
    options: dict[str, Any] = {"nullable": nullable, "info": {"item": declared}}
    if index:
        options["index"] = True
    if unique:
        options["unique"] = True
    if insert_default is not None:
        options["insert_default"] = insert_default
    elif default is not None:
        options["insert_default"] = default
    if not (privacy.is_personal or encrypted):
        return mapped_column(instance, *keys, **options)
    if keys or index or unique:
        raise TypeError(f"{en}: an encrypted item cannot be a key or an index")
    return mapped_column(Encrypted(instance), **options)


def items_of(model: type[Any]) -> tuple[Item, ...]:
    """Every declared item of a model, in the order of declaration."""
    cached: tuple[Item, ...] | None = model.__dict__.get("_declared_items")
    if cached is None:
        mapper = class_mapper(model)
        cached = tuple(
            replace(
                column.info["item"], name=mapper.get_property_by_column(column).key, model=model
            )
            for column in mapper.local_table.columns
            if "item" in column.info
        )
        model._declared_items = cached
    return cached


def item_of(model: type[Any], name: str) -> Item:
    """The item called ``name``. Raises KeyError when the model declares no such item."""
    for declared in items_of(model):
        if declared.name == name:
            return declared
    raise KeyError(f"{model.__name__} declares no item {name!r}")


def _kind(type_: TypeEngine[Any], codes: CodeList | None, reference: str | None) -> str:
    if reference:
        return "reference"
    if isinstance(type_, CodeSet):
        return "codes"
    if codes is not None:
        return "code"
    for sql_type, kind in _KINDS:
        if isinstance(type_, sql_type):
            return kind
    raise TypeError(f"no item kind for {type_!r}")


# Text is a String in SQLAlchemy, so the narrower type stands first.
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (Text, "long_text"),
    (String, "text"),
    (Date, "date"),
    (UtcDateTime, "instant"),
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Numeric, "decimal"),
)
