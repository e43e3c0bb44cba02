"""Health centres for all 155 authorities with their areas, and what stands below some of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.institutions.loader import NATIONAL_INSTITUTE_CODE, authority_code
from app.institutions.models import CentreArea, Institution, Municipality
from app.institutions.rules import entries_of

TAMA: Mapping[str, tuple[str, str]] = {
    "nishitama": (
        "西多摩保健所",
        "青梅市 福生市 羽村市 あきる野市 瑞穂町 日の出町 檜原村 奥多摩町",
    ),
    "minamitama": ("南多摩保健所", "日野市 多摩市 稲城市"),
    "tachikawa": ("多摩立川保健所", "立川市 昭島市 国分寺市 国立市 東大和市 武蔵村山市"),
    "fuchu": ("多摩府中保健所", "武蔵野市 三鷹市 府中市 調布市 小金井市 狛江市"),
    "kodaira": ("多摩小平保健所", "小平市 東村山市 清瀬市 東久留米市 西東京市"),
}
"""Code → name and area of the health centres of Tokyo outside its wards; the islands are left."""
ISLANDS = "demo-hc-13-islands"
STATION = "demo-quarantine-haneda"
_TOKYO = "13"


@dataclass(frozen=True, slots=True)
class Place:
    """An institution to be there."""

    kind: str
    code: str
    name: str
    parent: str
    municipality_code: str | None = None
    kana: str | None = None


# (municipality, what the names begin with): centres with institutions of their own.
WITH_INSTITUTIONS = (
    ("13104", "新宿"),
    ("13101", "千代田"),
    ("27100", "大阪"),
    ("01100", "札幌"),
    ("14100", "横浜"),
    ("40130", "福岡"),
)
BELOW = (
    ("clinic", "駅前内科クリニック"),
    ("hospital", "総合病院"),
    ("hotel", "ホテル（宿泊療養）"),
    ("follow_up_contractor", "健康フォローアップセンター"),
)
REGIONAL = (
    Place("laboratory", "demo-laboratory-13", "東京都衛生研究所（デモ）", "hq_13"),
    Place("information_centre", "demo-information-13", "東京都感染症情報センター（デモ）", "hq_13"),
    Place("quarantine_station", STATION, "東京空港検疫所（デモ）", "ministry"),
)


def centre_code(jis_code: str) -> str:
    """Our code of the health centre of a city, or of a prefecture (``27000``)."""
    return f"demo-hc-{jis_code}"


def below_code(kind: str, jis_code: str) -> str:
    """Our code of the clinic, hospital, hotel or contractor below a city's health centre."""
    return f"demo-{kind.replace('_', '-')}-{jis_code}"


def build_network(session: Session) -> int:
    """Add what is missing of institutions and areas; the number of rows added.

    What an administrator changed meanwhile (an area, a name) stays as it is.
    """
    by_code = {one.code: one for one in session.scalars(select(Institution))}
    institute = by_code[NATIONAL_INSTITUTE_CODE]
    institute.portal_on, institute.portal_entries = True, entries_of(institute.kind)
    added = _add(session, by_code, tuple(_centres(by_code.values())))
    added += _add(session, by_code, tuple(_institutions()))
    added += _add(session, by_code, _clinics(by_code))
    return added + _map_areas(session, by_code)


def _centres(institutions: Iterable[Institution]) -> Iterator[Place]:
    for authority in institutions:
        if authority.kind != "authority":
            continue
        jis = authority.code.removeprefix("authority_")
        if jis.startswith(_TOKYO) and jis.endswith("000"):
            yield from _centres_of_tokyo(authority.code)
        elif jis.endswith("000"):
            name = f"{authority.name}中央保健所（デモ）"
            yield Place("health_centre", centre_code(jis), name, authority.code)
        else:
            name = f"{authority.name}保健所"
            yield Place("health_centre", centre_code(jis), name, authority.code, jis)


def _centres_of_tokyo(authority: str) -> Iterator[Place]:
    for key, (name, _area) in TAMA.items():
        yield Place("health_centre", f"demo-hc-13-{key}", name, authority)
    yield Place("health_centre", ISLANDS, "島しょ保健所", authority)


def _institutions() -> Iterator[Place]:
    for jis, city in WITH_INSTITUTIONS:
        for kind, ending in BELOW:
            name = f"{city}{ending}（デモ）"
            yield Place(kind, below_code(kind, jis), name, centre_code(jis), jis)
    yield from REGIONAL


def _clinics(by_code: Mapping[str, Institution]) -> tuple[Place, ...]:
    """A clinic for every other health centre, so that somebody can notify there."""
    with_clinic = {centre_code(jis) for jis, _city in WITH_INSTITUTIONS}
    return tuple(
        Place(
            "clinic",
            centre.code.replace("demo-hc-", "demo-clinic-"),
            f"{centre.name.removesuffix('（デモ）').removesuffix('保健所')}内科医院（デモ）",
            centre.code,
            centre.municipality_code,
        )
        for centre in by_code.values()
        if centre.kind == "health_centre"
        and centre.code.startswith("demo-hc-")
        and centre.code not in with_clinic
    )


def _add(session: Session, by_code: dict[str, Institution], places: Iterable[Place]) -> int:
    new = [place for place in places if place.code not in by_code]
    for number, place in enumerate(new):
        parent = by_code[place.parent]
        by_code[place.code] = Institution(
            # Everybody in the demonstration was let in with all their kind can be given.
            portal_on=True,
            portal_entries=entries_of(place.kind),
            kind=place.kind,
            code=place.code,
            name=place.name,
            parent_id=parent.id,
            authority_id=parent.authority_id,
            prefecture_code=parent.prefecture_code,
            municipality_code=place.municipality_code,
            phone=f"03-0000-{number:04d}",
        )
        session.add(by_code[place.code])
    session.flush()
    return len(new)


def _map_areas(session: Session, by_code: Mapping[str, Institution]) -> int:
    """Every municipality of the 47 prefectures has a health centre."""
    mapped = set(session.scalars(select(CentreArea.municipality_code)))
    municipalities = session.execute(select(Municipality.code, Municipality.name)).all()
    cities = sorted(code for code, _name in municipalities if authority_code(code) in by_code)
    tama = {town: f"demo-hc-13-{key}" for key, (_n, area) in TAMA.items() for town in area.split()}
    added = 0
    for code, name in municipalities:
        if code in mapped:
            continue
        centre = by_code[_centre_for(code, name, cities, tama)]
        session.add(CentreArea(municipality_code=code, centre_id=centre.id))
        added += 1
    session.flush()
    return added


def _centre_for(code: str, name: str, cities: list[str], tama: Mapping[str, str]) -> str:
    """Own city's centre, a ward's city's, else the prefecture's."""
    if code in cities:
        return centre_code(code)
    if code[2] == "1" and not code.startswith(f"{_TOKYO}1"):
        # A designated city ends in 0 and its wards count on from it: 14100, 14101 … 14118.
        return centre_code(max(city for city in cities if city[:3] == code[:3] and city <= code))
    if code.startswith(_TOKYO):
        return tama.get(name.rsplit("郡", maxsplit=1)[-1], ISLANDS)
    return centre_code(f"{code[:2]}000")
