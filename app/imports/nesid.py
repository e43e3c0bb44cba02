"""The layout of NESID files (our own proposal: the export of NESID is not public).

Columns may stand in any order; headings are met whatever the width of their signs.
"""

from collections.abc import Mapping

from app.imports.targets import ACCEPTED_BY, AUTHORITY, DISEASE, HOME, KEY, NUMBER

NESID = "nesid"

LAYOUT: Mapping[str, str] = {
    "登録ID": KEY,
    "疾病名": DISEASE,
    "診断の類型": "case.diagnosis_type",
    "氏名": "person.name",
    "フリガナ": "person.kana",
    "性別": "case.sex",
    "生年月日": "person.birth_on",
    "診断時年齢(歳)": "case.age_years",
    "診断時年齢(か月)": "case.age_months",
    "職業": "case.occupation_detail",
    "住所": "person.address",
    "住所電話": "person.home_phone",
    "所在地": "person.location_address",
    "所在地電話": "person.location_phone",
    "保護者氏名": "person.guardian_name",
    "保護者住所": "person.guardian_address",
    "保護者電話": "person.guardian_phone",
    "症状": "case.symptoms",
    "症状その他": "case.symptoms_other",
    "診断方法1": "test.1",
    "診断方法2": "test.2",
    "診断方法3": "test.3",
    "診断方法4": "test.4",
    "診断方法その他": "extra.methods_other",
    "初診年月日": "case.first_visit_on",
    "診断年月日": "case.diagnosed_on",
    "感染推定年月日": "case.infected_on",
    "発病年月日": "case.onset_on",
    "死亡年月日": "case.died_on",
    "感染経路区分": "extra.route",
    "感染経路確定推定": "extra.route_certainty",
    "感染経路状況": "extra.route_detail",
    "感染地域区分": "extra.region",
    "感染地域確定推定": "extra.region_certainty",
    "感染地域都道府県": "extra.region_prefecture",
    "感染地域市区町村": "extra.region_city",
    "感染国": "case.travel_country",
    "感染詳細地域": "extra.region_detail",
    "出国日": "case.travel_from_on",
    "入国日": "case.travel_to_on",
    "備考": "case.remarks",
    "届出医療機関名": "extra.institution",
    "届出医療機関所在地": "extra.institution_address",
    "届出医療機関電話": "extra.institution_phone",
    "届出医師氏名": "extra.doctor",
    "報告年月日": "case.reported_on",
    "届出受理日時": "case.accepted_at",
    "届出受理自治体": AUTHORITY,
    "届出受理保健所": ACCEPTED_BY,
    "届出受理担当者": "extra.accepted_by",
    "患者居住地保健所": HOME,
    "患者等ID": NUMBER,
}
"""Heading → item, in the order of the file. The last one is the portal's own: a case that was
exported finds its way back by it and is given its 登録ID."""
ALSO: Mapping[str, str] = {
    "症状(;区切り)": "case.symptoms",
    "NESID登録ID": KEY,
    "感染経路": "extra.route",
}
REQUIRED = ("登録ID", "疾病名")
