"""Small files in the layout of NESID, and the steps of an import in one process."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.devtools.nesid_file import HEADINGS
from app.imports import service
from app.imports.models import ImportBatch, ImportedCase
from app.security.actor import Actor

SOUND: Mapping[str, str] = {
    "登録ID": "20200001",
    "疾病名": "新型コロナウイルス感染症",
    "診断の類型": "患者（確定例）",
    "氏名": "佐藤　健一",
    "フリガナ": "ｻﾄｳ　ｹﾝｲﾁ",
    "性別": "男",
    "生年月日": "S60.5.1",
    "診断時年齢(歳)": "35",
    "住所": "東京都新宿区西新宿２－８－１",
    "住所電話": "０３-1234-5678",
    "症状": "発熱;咳",
    "診断方法1": "PCR法;唾液;2020/8/18;陽性",
    "診断年月日": "令和2年8月19日",
    "発病年月日": "2020-08-16",
    "感染経路区分": "飛沫・飛沫核感染",
    "備考": "一行目\n二行目",
    "報告年月日": "2020/08/19",
    "届出受理日時": "2020/08/19 10:30:00",
    "届出受理自治体": "新宿区",
    "届出受理保健所": "新宿区保健所",
    "患者居住地保健所": "新宿区保健所",
}


def row(**changed: str) -> dict[str, str]:
    """A sound row with some cells changed; ``key`` is its 登録ID."""
    values = {"登録ID" if name == "key" else name: text for name, text in changed.items()}
    return {**SOUND, **values}


def content(
    rows: Iterable[Mapping[str, str]],
    *,
    encoding: str = "cp932",
    headings: tuple[str, ...] = HEADINGS,
) -> bytes:
    """The file as bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([one.get(name, "") for name in headings] for one in rows)
    return text.getvalue().encode(encoding)


def nothing(*_told: Any) -> None:
    """Nobody watches the progress."""


def taken(data: bytes, by: Actor, *, name: str = "nesid.csv") -> ImportBatch:
    """A file taken in and read."""
    made = service.take_in(io.BytesIO(data), name=name, by=by, in_background=False)
    key = made.id
    service.read(key, by=by, progress=nothing)
    return service.batch_by_id(key)


def applied(data: bytes, by: Actor) -> ImportBatch:
    """A file taken in and applied."""
    key = taken(data, by).id
    service.apply_batch(key, by=by, progress=nothing)
    return service.batch_by_id(key)


def case_of(key: str) -> Case:
    """The case of a registration ID, as it stands."""
    statement = select(Case).join(ImportedCase, ImportedCase.case_id == Case.id)
    found = statement.where(ImportedCase.key == key).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def edit(key: str, **values: Any) -> None:
    """Somebody changes a case in the portal."""
    with transaction():
        case = case_of(key)
        for name, value in values.items():
            setattr(case, name, value)
    db.session.expunge_all()
