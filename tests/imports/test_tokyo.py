"""The real list of Tokyo of spring 2020, as it was published."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.statistics.models import DailyCount
from config import ROOT
from tests.imports.conftest import Import

TOKYO = "shared/data/130001_tokyo_covid19_patients.csv"


def _list_of_tokyo() -> Path:
    """Beside the repository, or beside the directory it is checked out in."""
    for folder in (ROOT.parent, ROOT.parent.parent):
        if (folder / TOKYO).exists():
            return folder / TOKYO
    pytest.skip(f"the public list of Tokyo is not there (../{TOKYO})")


def test_every_row_of_tokyo_is_accounted_for_and_a_second_run_creates_nothing(
    app: Flask, run_import: Import
) -> None:
    path = _list_of_tokyo()
    first = run_import(path)
    assert first.exit_code == 0, first.output
    assert "3,184 read, 3,184 created, 0 updated, 0 unchanged, 0 rejected, 0 blank" in first.output
    assert "line 3162, 患者_年代: “60” is not a code of the standard (left empty)" in first.output
    assert "left empty: 1" in first.output
    second = run_import(path)
    assert "3,184 read, 0 created, 0 updated, 3,184 unchanged" in second.output
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with app.app_context(), acting_as(system_actor("test")):
        per_day = db.session.execute(
            select(Case.published_on, func.count())
            .where(Case.source_system == "open-data:130001")
            .group_by(Case.published_on)
        )
        counted = {day.isoformat(): n for day, n in per_day}
        discharged = select(func.count()).where(Case.status == "discharged")
        assert db.session.scalar(discharged) == 122
        rolled_up = db.session.execute(
            select(DailyCount.counted_on, DailyCount.n).where(
                DailyCount.prefecture_code == "13",
                DailyCount.measure == "new_published",
                DailyCount.grain == "prefecture_day",
            )
        )
        in_statistics = {day.isoformat(): n for day, n in rolled_up}
    assert counted == Counter(row["公表_年月日"] for row in rows)
    assert in_statistics == counted
