"""The five numbered sections of 別紙3, in its order; publication, and what the portal itself keeps."""

from app.core.items import Section
from app.core.labels import Label

BASIC = Section(
    "basic",
    1,
    Label(
        "患者・接触者及び支援関係者の基本情報",
        "Patient, contact and supporting parties",
    ),
)
DIAGNOSIS = Section("diagnosis", 2, Label("検査・診断に関する情報", "Tests and diagnosis"))
CARE = Section("care", 3, Label("宿泊療養・自宅療養に関する情報", "Care in a hotel or at home"))
INVESTIGATION = Section(
    "investigation",
    4,
    Label("感染源特定・行動歴等に関する情報", "Source of infection and activities"),
)
NOTIFICATION = Section("notification", 5, Label("発生届に関する情報", "Notification"))
PUBLICATION = Section("publication", 6, Label("公表に関する情報", "Publication"))
SYSTEM = Section("system", 9, Label("管理情報", "Administration"))

SECTIONS = (BASIC, DIAGNOSIS, CARE, INVESTIGATION, NOTIFICATION, PUBLICATION, SYSTEM)
