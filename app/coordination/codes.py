"""Code lists of the coordination of places of care."""

from app.core.labels import CodeList, Label

COORDINATION = Label("入院・療養先調整", "Coordination of places of care")

PLACE_WANTED = CodeList(
    "place_wanted",
    ("hospital", "入院", "Hospital bed"),
    ("hospital_severe", "入院（重症者用病床）", "Hospital bed for severe cases"),
    ("hotel", "宿泊療養", "Hotel room"),
)

REQUEST_STATE = CodeList(
    "placement_state",
    ("waiting", "調整待ち", "Waiting"),
    ("offered", "打診中", "Asked, no answer yet"),
    ("accepted", "受入決定", "Accepted"),
    ("transported", "搬送中", "On the way"),
    ("arrived", "到着", "Arrived"),
    ("cancelled", "取消し", "Cancelled"),
    tones={
        "waiting": "danger",
        "offered": "warning",
        "accepted": "info",
        "transported": "info",
        "arrived": "success",
        "cancelled": "neutral",
    },
)
OPEN_STATES = ("waiting", "offered", "accepted", "transported")
"""A place is still to be found or reached."""

OFFER_STATE = CodeList(
    "placement_offer_state",
    ("offered", "回答待ち", "Awaiting an answer"),
    ("accepted", "受入可", "Accepted"),
    ("refused", "受入不可", "Refused"),
    ("withdrawn", "打診取下げ", "Withdrawn"),
    tones={
        "offered": "warning",
        "accepted": "success",
        "refused": "danger",
        "withdrawn": "neutral",
    },
)
LIVE_OFFERS = ("offered", "accepted")
"""The place is kept free for the patient, or has taken them in."""

TRANSPORT = CodeList(
    "transport",
    ("ambulance", "救急車", "Ambulance"),
    ("patient_transport", "患者搬送車（保健所・民間救急等）", "Patient transport"),
    ("own_car", "自家用車", "Own car"),
    ("other", "その他", "Other"),
)
