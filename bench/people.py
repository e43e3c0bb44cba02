"""People for the benches of the comparison: names as frequent as names are, families that share a
home, and second records of some of them with the errors of a busy day. The seed is fixed."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.devtools.demo.people import MEN, SURNAMES, WOMEN
from app.matching.likeness import ERA_ERRORS

SEED = 29_05_2020


def _words(text: str) -> list[str]:
    return text.split()


_HEADS = _words(
    "山 ヤマ 川 カワ 田 タ 石 イシ 木 キ 大 オオ 小 コ 中 ナカ 上 ウエ 下 シモ 西 ニシ 東 ヒガシ 北 キタ 南 ミナミ 古 フル 新 アラ 高 タカ 黒 クロ 白 シロ 竹 タケ"
)
_TAILS = _words(
    "野 ノ 原 ハラ 本 モト 口 グチ 村 ムラ 島 シマ 崎 サキ 沢 サワ 橋 ハシ 谷 タニ 岡 オカ 井 イ 森 モリ 林 バヤシ 瀬 セ 藤 フジ 浜 ハマ 塚 ヅカ 尾 オ 内 ウチ"
)
_FIRSTS = _words(
    "優 ユウ 美 ミ 智 トモ 直 ナオ 恵 ケイ 真 マ 正 マサ 明 アキ 春 ハル 秀 ヒデ 和 カズ 光 ミツ 裕 ヒロ 由 ヨシ 千 チ 佳 カ"
)
_WOMENS = _words("子 コ 美 ミ 香 カ 江 エ 代 ヨ 奈 ナ 乃 ノ 里 リ 音 ネ 穂 ホ")
_MENS = _words("郎 ロウ 男 オ 之 ユキ 樹 キ 太 タ 斗 ト 司 ジ 也 ヤ 彦 ヒコ 人 ト")
_TOWNS = (
    "北新宿",
    "西新宿",
    "戸山",
    "百人町",
    "大久保",
    "四谷",
    "若葉町",
    "高田馬場",
    "落合",
    "市谷",
)
_FOREIGN = _words("グエン チャン レ ファム ワン リー キム パク サントス シルバ クマール シン")
_FOREIGN_GIVEN = _words("アン ミン リン ホア ジョン マリア ジュン ラジ アミ ホセ タン フォン")
_VARIANT = str.maketrans("高崎辺斎浜広島沢", "髙﨑邊齋濱廣嶋澤")
_HOMOPHONE = str.maketrans("子太郎美香智恵", "湖多朗実佳知枝")


@dataclass(frozen=True, slots=True)
class Made:
    """A person as entered. ``home_phone`` is shared by a family."""

    name: str | None
    kana: str
    sex: str
    birth_on: date | None
    address: str | None
    mobile_phone: str | None
    home_phone: str | None


def population(count: int, dice: Random) -> Iterator[Made]:
    """``count`` people in households of one to five; one birth in a hundred is of twins."""
    made = 0
    while made < count:
        for one in _household(dice):
            yield one
            made += 1
            if made == count:
                return


def again(one: Made, dice: Random) -> tuple[Made, tuple[str, ...]]:
    """The same person entered a second time, and what went wrong (one to three errors)."""
    kinds = dice.sample(sorted(ERRORS), dice.choices((1, 2, 3), (6, 3, 1))[0])
    for kind in kinds:
        one = ERRORS[kind](one, dice)
    return one, tuple(kinds)


def _household(dice: Random) -> list[Made]:
    if dice.random() < 0.04:
        return [_foreigner(dice)]
    family = _surname(dice)
    plot = f"新宿区{dice.choice(_TOWNS)}{dice.randint(1, 9)}-{dice.randint(1, 40)}-{dice.randint(1, 30)}"
    address = (
        plot
        if dice.random() < 0.5
        else f"{plot} {dice.choice(('コーポ', 'メゾン', 'ハイツ'))}{dice.randint(101, 909)}"
    )
    home = (
        f"03-{dice.randint(3000, 6999)}-{dice.randint(0, 9999):04d}"
        if dice.random() < 0.5
        else None
    )
    size = dice.choices((1, 2, 3, 4, 5), (35, 30, 18, 13, 4))[0]
    found: list[Made] = []
    for number in range(size):
        twin = number > 1 and dice.random() < 0.02
        birth = found[-1].birth_on if twin else _birth(dice, child=number > 1)
        found.append(_somebody(family, birth, address, home, dice))
    return found


def _somebody(
    family: tuple[str, str], birth: date | None, address: str, home: str | None, dice: Random
) -> Made:
    woman = dice.random() < 0.5
    given = _given(woman, dice)
    mobile = f"0{dice.choice('789')}0-{dice.randint(0, 9999):04d}-{dice.randint(0, 9999):04d}"
    return Made(
        f"{family[0]} {given[0]}",
        f"{family[1]} {given[1]}",
        "female" if woman else "male",
        birth,
        address,
        mobile if dice.random() < 0.85 else None,
        home,
    )


def _foreigner(dice: Random) -> Made:
    words = [dice.choice(_FOREIGN), dice.choice(_FOREIGN_GIVEN), dice.choice(_FOREIGN_GIVEN)]
    one = _somebody(
        ("", ""),
        _birth(dice, child=False),
        f"新宿区{dice.choice(_TOWNS)}{dice.randint(1, 9)}-{dice.randint(1, 40)}-1",
        None,
        dice,
    )
    return dataclasses.replace(one, name=None, kana=" ".join(words))


def _surname(dice: Random) -> tuple[str, str]:
    if dice.random() < 0.45:
        weights = [1 / (n + 3) for n in range(len(SURNAMES))]
        return dice.choices(SURNAMES, weights)[0]
    return _joined(_HEADS, _TAILS, dice)


def _given(woman: bool, dice: Random) -> tuple[str, str]:
    if dice.random() < 0.4:
        return dice.choice(WOMEN if woman else MEN)
    return _joined(_FIRSTS, _WOMENS if woman else _MENS, dice)


def _joined(heads: list[str], tails: list[str], dice: Random) -> tuple[str, str]:
    head, tail = dice.randrange(len(heads) // 2) * 2, dice.randrange(len(tails) // 2) * 2
    return heads[head] + tails[tail], heads[head + 1] + tails[tail + 1]


def _birth(dice: Random, *, child: bool) -> date:
    years = dice.triangular(0, 20, 8) if child else dice.triangular(18, 95, 48)
    return date(2021, 8, 1) - timedelta(days=int(years * 365.25))


# -- errors ---------------------------------------------------------------------------------------


def _half_width(one: Made, dice: Random) -> Made:
    halves = str.maketrans(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ",
    )
    return dataclasses.replace(one, kana=one.kana.translate(halves))


def _no_space(one: Made, dice: Random) -> Made:
    name = one.name.replace(" ", "") if one.name else None
    return dataclasses.replace(one, name=name, kana=one.kana.replace(" ", ""))


def _long_vowel(one: Made, dice: Random) -> Made:
    return dataclasses.replace(
        one, kana=one.kana.replace("ロウ", "ロー").replace("オオ", "オー").replace("ユウ", "ユー")
    )


def _voiced(one: Made, dice: Random) -> Made:
    swapped = str.maketrans("ザジグガダバサタ", "サシクカタハザダ")
    return dataclasses.replace(one, kana=one.kana.translate(swapped))


def _typo(one: Made, dice: Random) -> Made:
    place = dice.randrange(len(one.kana))
    if one.kana[place] == " ":
        return one
    letter = dice.choice("アイウエオカキクケコサシスセソタチツテト")
    return dataclasses.replace(one, kana=one.kana[:place] + letter + one.kana[place + 1 :])


def _variant(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, name=one.name.translate(_VARIANT) if one.name else None)


def _homophone(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, name=one.name.translate(_HOMOPHONE) if one.name else None)


def _kana_only(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, name=None)


def _turned(one: Made, dice: Random) -> Made:
    words = one.kana.split()
    return dataclasses.replace(one, kana=" ".join(words[1:] + words[:1]), name=one.name)


def _married(one: Made, dice: Random) -> Made:
    if one.sex != "female" or not one.name or " " not in one.name or " " not in one.kana:
        return one
    family = _surname(dice)
    return dataclasses.replace(
        one, name=f"{family[0]} {one.name.split()[1]}", kana=f"{family[1]} {one.kana.split()[1]}"
    )


def _swapped(one: Made, dice: Random) -> Made:
    day = one.birth_on
    return (
        one
        if day is None or day.day > 12
        else dataclasses.replace(one, birth_on=date(day.year, day.day, day.month))
    )


def _digit(one: Made, dice: Random) -> Made:
    if one.birth_on is None:
        return one
    digits = f"{one.birth_on:%Y%m%d}"
    for _try in range(20):
        place = dice.randrange(2, 8)
        text = digits[:place] + dice.choice("0123456789") + digits[place + 1 :]
        try:
            return dataclasses.replace(
                one, birth_on=date(int(text[:4]), int(text[4:6]), int(text[6:]))
            )
        except ValueError:
            continue
    return one


def _era(one: Made, dice: Random) -> Made:
    day = one.birth_on
    if day is None or (day.month, day.day) == (2, 29):
        return one
    years = dice.choice(sorted(ERA_ERRORS)) * dice.choice((-1, 1))
    return dataclasses.replace(one, birth_on=day.replace(year=day.year + years))


def _no_birth(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, birth_on=None)


def _other_phone(one: Made, dice: Random) -> Made:
    return dataclasses.replace(
        one,
        mobile_phone=f"080-{dice.randint(0, 9999):04d}-{dice.randint(0, 9999):04d}",
        home_phone=None,
    )


def _no_phone(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, mobile_phone=None, home_phone=None)


def _moved(one: Made, dice: Random) -> Made:
    return dataclasses.replace(
        one,
        address=f"豊島区池袋{dice.randint(1, 4)}-{dice.randint(1, 40)}-{dice.randint(1, 30)}",
        home_phone=None,
    )


def _no_address(one: Made, dice: Random) -> Made:
    return dataclasses.replace(one, address=None)


def _address_style(one: Made, dice: Random) -> Made:
    if one.address is None:
        return one
    plot, _space, room = one.address.partition(" ")
    parts = plot.split("-")
    if len(parts) != 3:
        return one
    return dataclasses.replace(
        one, address=f"東京都{parts[0]}丁目{parts[1]}番{parts[2]}号 {room}".strip()
    )


ERRORS: dict[str, Callable[[Made, Random], Made]] = {
    "half-width kana": _half_width,
    "no space in the name": _no_space,
    "long vowels": _long_vowel,
    "voiced marks": _voiced,
    "one letter of the reading": _typo,
    "variant kanji": _variant,
    "other kanji of the same sound": _homophone,
    "kana alone": _kana_only,
    "words in another order": _turned,
    "married name": _married,
    "month and day exchanged": _swapped,
    "one digit of the birth date": _digit,
    "era mistaken": _era,
    "no birth date": _no_birth,
    "another telephone": _other_phone,
    "no telephone": _no_phone,
    "moved": _moved,
    "no address": _no_address,
    "address in another style": _address_style,
}
