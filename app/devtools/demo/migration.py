"""A list from the airport and a bundle of paper, so that both desks have something to do."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bundles.models import BundleSheet, PaperBundle
from app.core import clock
from app.core.workbooks.reading import SheetRow
from app.devtools.demo.network import STATION, centre_code
from app.institutions.models import Institution
from app.notifications.models import Notification
from app.quarantine import queries, service
from app.quarantine.taking_over import take_over
from app.security.actor import Actor, acting_as
from app.security.roles import RoleName

_NAMES = (
    ("根岸 帰一", "ネギシ キイチ", "新宿区", "北新宿３丁目", "negative"),
    ("羽鳥 旅子", "ハトリ タビコ", "新宿区", "四谷１丁目", "negative"),
    ("戸張 着", "トバリ ツク", "新宿区", "高田馬場２丁目", "positive"),
    ("空野 渡", "ソラノ ワタル", "新宿区", "大久保１丁目", "pending"),
    ("国立 港", "クニタチ ミナト", "千代田区", "神田駿河台２丁目", "negative"),
    ("雲井 翼", "クモイ ツバサ", "新宿駅前ホテル", "", "negative"),
)
_SHEETS = 40
_TYPED = 12


def add_migration(session: Session, *, by: Actor) -> None:
    """Both, once; ``by`` writes what nobody of the demo's staff does."""
    places = {one.code: one for one in session.scalars(select(Institution))}
    station, centre = places[STATION], places[centre_code("13104")]
    _send_list(by, station, centre)
    if not session.scalar(select(func.count()).select_from(PaperBundle)):
        _receive_bundle(session, centre)


def _send_list(by: Actor, station: Institution, centre: Institution) -> None:
    at_station = Actor(None, by.name, RoleName.QUARANTINE_STATION, station.id)
    with acting_as(at_station):
        if queries.lists():
            return
        day = clock.today() - timedelta(days=1)
        rows = [_row(place, day.isoformat()) for place in range(len(_NAMES))]
        delivery = service.receive(
            rows, number=f"HND-{day:%m%d}", source=f"hnd{day:%m%d}.xlsx", by=at_station
        )
        service.apply(delivery, by=at_station)
    clerk = Actor(
        None,
        by.name,
        RoleName.HEALTH_CENTRE_CLERK,
        centre.id,
        centre.authority_id,
        centre.prefecture_code,
    )
    with acting_as(clerk):
        for returnee in queries.to_take_over(clerk)[1:2]:
            take_over(returnee, by=clerk)


def _row(place: int, day: str) -> SheetRow:
    name, kana, municipality, address, test = _NAMES[place]
    texts = {
        "questionnaire_id": f"QR-{1001 + place}",
        "name": name,
        "kana": kana,
        "birth_on": f"{1960 + 7 * place}/{place + 1}/{10 + place}",
        "sex": "female" if place % 2 else "male",
        "nationality": "日本",
        "flight": "NH 105",
        "arrived_on": day,
        "stayed_in": "米国",
        "prefecture": "東京都",
        "municipality": municipality,
        "address": address or "新宿駅前ホテル 705号室",
        "phone": f"090-0000-{7000 + place}",
        "has_symptoms": "yes" if place == 2 else "no",
        "airport_test": test,
    }
    return SheetRow(place + 2, texts)


def _receive_bundle(session: Session, centre: Institution) -> None:
    today = clock.today()
    typed = session.scalars(
        select(Notification)
        .where(Notification.accepted_centre_id == centre.id, Notification.state == "accepted")
        .order_by(Notification.id)
        .limit(_TYPED)
    ).all()
    if not typed:
        return
    bundle = PaperBundle(
        centre_id=centre.id,
        state="typing",
        kind="notification",
        disease_id=typed[0].disease_id,
        from_on=today - timedelta(days=150),
        until_on=today - timedelta(days=120),
        sheet_count=_SHEETS,
        place="第1書庫 A-3 箱12",
        way="collected",
        received_on=today - timedelta(days=6),
        begun_on=today - timedelta(days=4),
    )
    session.add(bundle)
    for number, notification in enumerate(typed, start=1):
        session.add(
            BundleSheet(
                bundle=bundle,
                number=number,
                state="typed",
                notification_id=notification.id,
                typed_at=clock.now() - timedelta(days=2),
                typed_by="青木 一郎",
                in_sample=number in (2, 5, 9),
                wrong_items={2: 0, 5: 1}.get(number),
                checked_by="馬場 双葉" if number in (2, 5) else None,
            )
        )
    session.flush()
