"""Brings the master tables to the state of their sources; a second run changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.institutions import sources
from app.institutions.diseases import Disease, DiseaseOption
from app.institutions.models import Institution, Municipality, Prefecture
from app.institutions.populations import keep_populations
from app.institutions.rules import InstitutionKind
from app.institutions.variants import Variant
from app.security.actor import Actor

MINISTRY_CODE = "ministry"
NATIONAL_INSTITUTE_CODE = "national_institute"

# What an administrator may change in the portal is filled once and never overwritten here.
_FILLED_ONCE: Mapping[type[Any], frozenset[str]] = {
    Disease: frozenset(
        {
            "short_name",
            "note",
            "observation_days",
            "spo2_red",
            "spo2_orange",
            "fever_orange",
            "fever_yellow",
        }
    ),
    DiseaseOption: frozenset({"label_ja", "label_en", "position", "confirmed"}),
    Variant: frozenset({"label_ja", "label_en", "position", "used_from", "used_to", "source"}),
}


@dataclass(frozen=True, slots=True)
class LoadCount:
    """What happened to one table: rows read from the source, created and updated."""

    table: str
    read: int
    created: int
    updated: int


def load_master(*, by: Actor) -> tuple[LoadCount, ...]:
    """Insert and update prefectures, municipalities, institutions and diseases.

    Institutions are the ministry, the national institute, the 47 prefecture headquarters and
    the 155 authorities; health centres and everything below are registered by the authorities.

    Raises:
        NotAllowed: ``by`` is not the system; the caller acts as it (``acting_as``).
    """
    if not by.is_system:
        raise NotAllowed
    with transaction() as session:
        counts = [
            _bring(session, Prefecture, ("code",), sources.prefectures()),
            _bring(session, Municipality, ("code",), sources.municipalities()),
            *_bring_institutions(session),
            _bring(session, Disease, ("code",), sources.diseases()),
            _bring_options(session),
            _bring_variants(session),
        ]
        keep_populations()
    return _per_table(counts)


def _bring(
    session: Session, model: type[Any], key: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> LoadCount:
    """One SELECT for the whole table, then one batched INSERT and the UPDATEs that differ."""
    known = {_key(record, key): record for record in session.scalars(select(model))}
    kept = _FILLED_ONCE.get(model, frozenset())
    read = created = updated = 0
    for row in rows:
        read += 1
        record = known.get(tuple(row[name] for name in key))
        if record is None:
            session.add(model(**row))
            created += 1
        elif _take_over(record, {n: v for n, v in row.items() if n not in kept}):
            updated += 1
    session.flush()
    return LoadCount(model.__tablename__, read, created, updated)


def _key(record: Any, key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in key)


def _take_over(record: Any, values: Mapping[str, Any]) -> bool:
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    for name, value in changed.items():
        setattr(record, name, value)
    return bool(changed)


def _bring_institutions(session: Session) -> list[LoadCount]:
    """Level by level, as each level carries the keys of the one above."""
    steps: tuple[Callable[[Mapping[str, int]], list[dict[str, Any]]], ...] = (
        _national,
        _below_ministry,
        _authorities,
    )
    counts = []
    for step in steps:
        ids = dict(session.execute(select(Institution.code, Institution.id)).all())
        counts.append(_bring(session, Institution, ("code",), step(ids)))
    _let_authorities_point_at_themselves(session)
    return counts


def _national(ids: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "kind": InstitutionKind.MINISTRY.value,
            "code": MINISTRY_CODE,
            "name": "厚生労働省",
            "kana": "コウセイロウドウショウ",
        }
    ]


def _below_ministry(ids: Mapping[str, int]) -> list[dict[str, Any]]:
    institute = {
        "kind": InstitutionKind.NATIONAL_INSTITUTE.value,
        "code": NATIONAL_INSTITUTE_CODE,
        "name": "国立感染症研究所",
        "kana": "コクリツカンセンショウケンキュウショ",
        "parent_id": ids[MINISTRY_CODE],
    }
    headquarters = [
        {
            "kind": InstitutionKind.PREFECTURE_HQ.value,
            "code": headquarters_code(row["code"]),
            "name": f"{row['name']}庁",
            "kana": f"{row['kana']}チョウ",
            "parent_id": ids[MINISTRY_CODE],
            "prefecture_code": row["code"],
            "population": row["population"],
        }
        for row in sources.prefectures()
    ]
    return [institute, *headquarters]


def _authorities(ids: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "kind": InstitutionKind.AUTHORITY.value,
            "code": authority_code(row["jis_code"]),
            "name": row["name"],
            "kana": row["kana"],
            "lg_code": row["lg_code"],
            "parent_id": ids[headquarters_code(row["prefecture_code"])],
            "prefecture_code": row["prefecture_code"],
            "municipality_code": None if row["kind"] == "prefecture" else row["jis_code"],
        }
        for row in sources.authorities()
    ]


def headquarters_code(prefecture_code: str) -> str:
    """Our code of a prefecture's headquarters: ``hq_13``."""
    return f"hq_{prefecture_code}"


def authority_code(jis_code: str) -> str:
    """Our code of an authority: ``authority_13104``; a prefecture's own ends in 000."""
    return f"authority_{jis_code}"


def _let_authorities_point_at_themselves(session: Session) -> None:
    # Below the ORM on purpose: a key the row itself produces is no change that anybody made,
    # so it grows no version and stands in no history.
    table = Institution.__table__
    session.connection().execute(
        update(table)
        .where(table.c.kind == InstitutionKind.AUTHORITY.value, table.c.authority_id.is_(None))
        .values(authority_id=table.c.id)
    )
    session.expire_all()


def _bring_options(session: Session) -> LoadCount:
    periods = session.scalars(select(Disease.id).where(Disease.family == "covid_19")).all()
    rows = [
        option | {"disease_id": disease_id}
        for disease_id in periods
        for option in sources.covid_19_options()
    ]
    return _bring(session, DiseaseOption, ("disease_id", "kind", "method", "value"), rows)


def _bring_variants(session: Session) -> LoadCount:
    """Once per disease, on its first row, whatever its category is today."""
    firsts: dict[str, int] = {}
    found = select(Disease.family, Disease.id).order_by(Disease.position, Disease.id)
    for family, disease_id in session.execute(found):
        firsts.setdefault(family, disease_id)
    rows = [
        {name: value for name, value in row.items() if name != "family"}
        | {"disease_id": firsts[row["family"]]}
        for row in sources.variants()
    ]
    return _bring(session, Variant, ("disease_id", "code"), rows)


def _per_table(counts: Iterable[LoadCount]) -> tuple[LoadCount, ...]:
    tables: dict[str, LoadCount] = {}
    for one in counts:
        sofar = tables.get(one.table, LoadCount(one.table, 0, 0, 0))
        tables[one.table] = LoadCount(
            one.table,
            sofar.read + one.read,
            sofar.created + one.created,
            sofar.updated + one.updated,
        )
    return tuple(tables.values())
