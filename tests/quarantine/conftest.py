"""Steps of the tests of lists: a list as a station writes it, received and applied."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.quarantine import service
from app.quarantine.files import rows_of_file
from app.quarantine.models import Returnee, ReturneeDelivery
from app.security.actor import acting_as, system_actor
from tests.support import cast

SATO = {
    "番号": "1",
    "質問票番号": "Q-001",
    "氏名": "佐藤 帰子",
    "ふりがな": "サトウ カエコ",
    "生年月日": "S50.4.1",
    "性別": "女",
    "国籍": "日本",
    "便名": "NH 105",
    "到着日": "2021/8/20",
    "滞在国・地域": "米国",
    "都道府県": "東京都",
    "市区町村": "新宿区",
    "日本での住所": "西新宿２丁目８番１号",
    "電話番号": "090-0000-0001",
    "症状の有無": "無",
    "空港検査": "陰性",
}


def arrival(**changes: str) -> dict[str, str]:
    """Somebody on a list; ``changes`` by heading."""
    return SATO | changes


def csv_of(*people: Mapping[str, str], encoding: str = "cp932") -> bytes:
    """The list as a CSV with a title above its headings."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*SATO, "メールアドレス"], lineterminator="\r\n")
    text.write("入国者名簿\r\n")
    writer.writeheader()
    writer.writerows(people)
    return text.getvalue().encode(encoding)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context for the length of a test."""
    with app.test_request_context():
        yield


Send = Callable[..., ReturneeDelivery]


def received(*people: Mapping[str, str], number: str = "HND-0820") -> ReturneeDelivery:
    """People as a list of the cast's station, looked through."""
    nemoto = cast.actor("nemoto")
    with acting_as(nemoto):
        rows = rows_of_file(csv_of(*people))
        return service.receive(rows, number=number, source="hnd.csv", by=nemoto)


def applied(*people: Mapping[str, str], number: str = "HND-0820") -> dict[str, int]:
    """People handed over; what became of the rows."""
    delivery, nemoto = received(*people, number=number), cast.actor("nemoto")
    with acting_as(nemoto):
        return dict(service.apply(delivery, by=nemoto))


@pytest.fixture
def send(context: None, frozen_clock: None) -> Send:
    """Receives lists."""
    return received


@pytest.fixture
def hand_over(context: None, frozen_clock: None) -> Callable[..., dict[str, int]]:
    """Receives and applies lists."""
    return applied


def everybody() -> list[Any]:
    """All people on lists, in order."""
    with acting_as(system_actor("tests")):
        return list(db.session.scalars(select(Returnee).order_by(Returnee.id)))
