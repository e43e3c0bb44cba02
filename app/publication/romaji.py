"""The Roman name of a town in a file's name, from its kana (Hepburn, long vowels unmarked). Pure."""

_TWO = {
    "きゃ": "kya", "きゅ": "kyu", "きょ": "kyo", "しゃ": "sha", "しゅ": "shu", "しょ": "sho",
    "ちゃ": "cha", "ちゅ": "chu", "ちょ": "cho", "にゃ": "nya", "にゅ": "nyu", "にょ": "nyo",
    "ひゃ": "hya", "ひゅ": "hyu", "ひょ": "hyo", "みゃ": "mya", "みゅ": "myu", "みょ": "myo",
    "りゃ": "rya", "りゅ": "ryu", "りょ": "ryo", "ぎゃ": "gya", "ぎゅ": "gyu", "ぎょ": "gyo",
    "じゃ": "ja", "じゅ": "ju", "じょ": "jo", "びゃ": "bya", "びゅ": "byu", "びょ": "byo",
    "ぴゃ": "pya", "ぴゅ": "pyu", "ぴょ": "pyo",
}  # fmt: skip
_ROWS = (
    ("あいうえお", "a i u e o"),
    ("かきくけこ", "ka ki ku ke ko"),
    ("さしすせそ", "sa shi su se so"),
    ("たちつてと", "ta chi tsu te to"),
    ("なにぬねの", "na ni nu ne no"),
    ("はひふへほ", "ha hi fu he ho"),
    ("まみむめも", "ma mi mu me mo"),
    ("やゆよ", "ya yu yo"),
    ("らりるれろ", "ra ri ru re ro"),
    ("わをん", "wa o n"),
    ("がぎぐげご", "ga gi gu ge go"),
    ("ざじずぜぞ", "za ji zu ze zo"),
    ("だぢづでど", "da ji zu de do"),
    ("ばびぶべぼ", "ba bi bu be bo"),
    ("ぱぴぷぺぽ", "pa pi pu pe po"),
)
_ONE = {
    sign: sound
    for signs, sounds in _ROWS
    for sign, sound in zip(signs, sounds.split(), strict=True)
}
_KINDS = ("とくべつく", "し", "く", "ちょう", "まち", "むら", "そん", "けん", "ふ", "と")


def town_romaji(kana: str) -> str:
    """``あさひかわし`` → ``asahikawa``; signs that are no hiragana are left out."""
    hiragana = "".join(
        chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in kana.strip()
    )
    for kind in _KINDS:
        if hiragana.endswith(kind) and len(hiragana) > len(kind) + 1:
            hiragana = hiragana.removesuffix(kind)
            break
    return _sounds(hiragana)


def place_name(name: str, kana: str) -> str:
    """``札幌市``, ``サッポロシ`` → ``Sapporo City``; empty where the kana are not known.

    Prefectures stand alone (``Tokyo``), as on the map of tiles.
    """
    centre = name.endswith("保健所")
    place = name.removesuffix("保健所")
    kana = kana.strip().removesuffix("ホケンジョ").removesuffix("ほけんじょ")
    roman = town_romaji(kana).capitalize()
    if not roman:
        return ""
    kind = _ENGLISH_KINDS.get(place[-1:], "")
    return roman + kind + (" Public Health Centre" if centre else "")


_ENGLISH_KINDS = {"市": " City", "区": " City", "町": " Town", "村": " Village"}
"""The special wards of Tokyo call themselves cities."""


def _sounds(hiragana: str) -> str:
    written = ""
    place = 0
    while place < len(hiragana):
        pair = hiragana[place : place + 2]
        if pair[0] == "っ":
            place += 1
            following = _TWO.get(hiragana[place : place + 2]) or _ONE.get(
                hiragana[place : place + 1]
            )
            written += "t" if following and following.startswith("ch") else (following or "")[:1]
            continue
        sound = _TWO.get(pair) or _ONE.get(pair[0], "")
        place += 2 if pair in _TWO else 1
        is_long = (written[-1:], sound) in {("o", "u"), ("o", "o"), ("u", "u")}
        written += "" if is_long else sound
    return written
