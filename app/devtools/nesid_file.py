"""A realistic file in the layout of NESID, with faults of every kind where they were planted."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from app.devtools.demo.people import MEN, SURNAMES, WOMEN
from app.imports.nesid import LAYOUT

HEADINGS = tuple(LAYOUT)
FIRST_KEY = 202000000000
_FIRST_DAY = date(2020, 3, 1)
_DAYS = 500
_SYMPTOMS = ("発熱", "咳", "全身倦怠感", "頭痛", "下痢", "嗅覚・味覚障害")
_TOWNS = ("西新宿", "歌舞伎町", "高田馬場", "四谷", "大久保", "落合")
_JOBS = ("会社員", "学生", "無職", "公務員", "自営業", "医療従事者")
_EXAMPLE_ERAS = ((date(1989, 1, 8), "平成", 1988), (date(1926, 12, 25), "昭和", 1925))

Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: how a sound line becomes faulty, and the kind it is reported as."""

    kind: str
    spoil: Callable[[Line], object]


def _set(**values: str) -> Callable[[Line], object]:
    names = {"key": "登録ID", "disease": "疾病名", "home": "患者居住地保健所"}
    return lambda line: line.update({names.get(name, name): text for name, text in values.items()})


FAULTY = (
    Planted("no_key", _set(key="")),
    Planted("bad_key", _set(key="（不明）")),
    Planted("no_disease", _set(disease="")),
    Planted("unknown_disease", _set(disease="しんがたコロナ")),
    Planted("no_centre", _set(home="", 届出受理保健所="")),
    Planted("unknown_centre", _set(home="存在しない保健所")),
    Planted("unknown_authority", _set(届出受理自治体="存在しない市")),
    Planted("outside_scope", _set(home="千代田区保健所")),
    Planted("unknown_code", _set(性別="おとこのこ")),
    Planted("not_a_date", _set(発病年月日="先週の月曜")),
    Planted("no_such_day", _set(診断年月日="2020/2/31")),
    Planted("wrong_era", _set(生年月日="平成32年4月1日")),
    Planted("out_of_range_date", _set(生年月日="1820/1/1")),
    Planted("future_date", _set(報告年月日="2099/1/1")),
    Planted("not_an_instant", _set(届出受理日時="2020/4/30 29:99")),
    Planted("not_a_number", lambda line: line.update({"診断時年齢(歳)": "三十"})),
    Planted("out_of_range_number", lambda line: line.update({"診断時年齢(歳)": "199"})),
    Planted("too_long", _set(氏名="山" * 101)),
    Planted("broken_text", _set(住所="東京都新宿区〓〓１－１")),
    Planted("not_kana", _set(フリガナ="山田太郎")),
    Planted("not_a_phone", _set(住所電話="不明です")),
    Planted("bad_test", _set(診断方法1="PCR法;鼻の穴;2020/4/1;陽性")),
    Planted("day_order", _set(感染推定年月日="2021/12/31", 発病年月日="2020/3/2")),
    Planted("birth_after_diagnosis", _set(生年月日="2021/12/1")),
    Planted("age_disagrees", lambda line: line.update({"診断時年齢(歳)": "119"})),
)
"""25 kinds. ``repeated_key`` and ``ragged`` need more than one line and are planted by callers."""


def lines(
    count: int,
    *,
    centre: str = "新宿区保健所",
    authority: str = "新宿区",
    faults: int = 0,
    seed: int = 20200401,
    newer: bool = False,
) -> Iterator[Line]:
    """``count`` lines, ``faults`` of them spoilt in turn; ``newer`` knows more of every tenth."""
    random = Random(seed)
    spoilt = dict(enumerate(sorted(Random(seed + 1).sample(range(count), faults))))
    turn = {line: FAULTY[at % len(FAULTY)] for at, line in spoilt.items()}
    for number in range(count):
        line = _line(random, number, centre, authority)
        if newer and number % 10 == 0:
            line["備考"] = "追加情報あり"
        if number in turn:
            turn[number].spoil(line)
        yield line


def write_file(path: Path, made: Iterator[Line], *, encoding: str = "cp932") -> None:
    """CRLF, all cells quoted, as the system writes it."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(HEADINGS)
        writer.writerows([line[name] for name in HEADINGS] for line in made)


def _line(random: Random, number: int, centre: str, authority: str) -> Line:
    woman = random.random() < 0.5
    family, given = random.choice(SURNAMES), random.choice(WOMEN if woman else MEN)
    day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
    age = random.randrange(1, 95)
    born = date(day.year - age, 1, 1 + random.randrange(28))
    onset = day - timedelta(days=random.randrange(1, 8))
    phone = f"090-{random.randrange(10_000):04d}-{random.randrange(10_000):04d}"
    line = dict.fromkeys(HEADINGS, "")
    line |= {
        "登録ID": str(FIRST_KEY + number),
        "疾病名": "新型コロナウイルス感染症",
        "診断の類型": "患者（確定例）",
        "氏名": f"{family[0]}　{given[0]}",
        "フリガナ": f"{family[1]}　{given[1]}",
        "性別": "女" if woman else "男",
        "生年月日": _written(born, random),
        "診断時年齢(歳)": str(age),
        "職業": random.choice(_JOBS),
        "住所": f"東京都新宿区{random.choice(_TOWNS)}{random.randrange(1, 9)}－{random.randrange(1, 30)}",
        "住所電話": phone,
        "症状": ";".join(sorted(random.sample(_SYMPTOMS, random.randrange(1, 4)))),
        "診断方法1": f"PCR法;鼻咽頭拭い液;{day:%Y/%m/%d};陽性",
        "初診年月日": f"{day:%Y/%m/%d}",
        "診断年月日": f"{day:%Y/%m/%d}",
        "発病年月日": f"{onset:%Y-%m-%d}",
        "感染経路区分": "飛沫・飛沫核感染",
        "感染地域区分": "日本国内",
        "届出医療機関名": "新宿駅前内科クリニック",
        "届出医師氏名": "遠藤　五月",
        "報告年月日": f"{day:%Y/%m/%d}",
        "届出受理日時": f"{day:%Y/%m/%d} {random.randrange(9, 18):02d}:30:00",
        "届出受理自治体": authority,
        "届出受理保健所": centre,
        "患者居住地保健所": centre,
    }
    return line


def _written(day: date, random: Random) -> str:
    """A date of birth as one of several offices writes it."""
    if random.random() < 0.7:
        return f"{day:%Y/%m/%d}"
    for first, era, before in _EXAMPLE_ERAS:
        if day >= first and day < date(2019, 5, 1) and (era == "平成" or day < date(1989, 1, 8)):
            return f"{era}{day.year - before}年{day.month}月{day.day}日"
    return f"{day:%Y.%m.%d}"
