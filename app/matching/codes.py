"""Why two persons seem the same, or are not, in words; and what became of a pair."""

from app.core.labels import CodeList

REASON = CodeList(
    "match_reason",
    ("same_reading", "ふりがなが同じ", "Same reading"),
    ("similar_reading", "ふりがながほぼ同じ（長音・濁点の違い）", "Nearly the same reading"),
    ("other_order", "氏名の語順が違うだけ", "Same name in another order"),
    ("reading_slip", "ふりがなが1～2字違い", "One or two letters of the reading differ"),
    ("given_name_only", "名が同じで姓が違う（改姓の可能性）", "Same given name, other family name"),
    ("other_reading", "ふりがなが違う", "Different reading"),
    ("same_name", "漢字氏名が同じ", "Same written name"),
    ("variant_name", "漢字氏名が異体字の違いのみ", "Same written name in variant characters"),
    ("same_given_name", "漢字の名が同じ", "Same written given name"),
    ("other_name", "漢字氏名が違う", "Different written name"),
    ("same_birth", "生年月日が同じ", "Same date of birth"),
    ("swapped_birth", "生年月日の月と日が入れ替わり", "Month and day of birth exchanged"),
    ("birth_slip", "生年月日が1字違い", "One digit of the date of birth differs"),
    ("era_birth", "生年が元号の取り違え分だけ違う", "Year of birth off by an era"),
    ("other_birth", "生年月日が違う", "Different date of birth"),
    ("same_telephone", "電話番号が同じ", "Same telephone number"),
    ("other_telephone", "電話番号が違う", "Different telephone number"),
    ("same_address", "住所が同じ", "Same address"),
    ("same_plot", "住所が番地まで同じ", "Same address up to the plot"),
    ("other_address", "住所が違う", "Different address"),
    ("other_sex", "性別が違う", "Different sex"),
    ("other_number", "別の登録IDを持つ", "Different registration numbers"),
    ("two_hospitals", "同じ日に別々の病院に入院", "In two hospitals on one day"),
    ("after_death", "死亡後に発症・診断・入院", "Fell ill after the other's death"),
    ("two_deaths", "死亡日が違う", "Different days of death"),
    (
        "twins",
        "双子の可能性（同居・同じ生年月日・別の名）",
        "Perhaps twins: one home, one birthday",
    ),
)

EPISODE = CodeList(
    "episode_reason",
    ("same_day", "同じ日に始まった療養", "Began on the same day"),
    ("near_days", "始まりが60日以内", "Began within 60 days of each other"),
    ("far_apart", "始まりが60日より離れている", "Began more than 60 days apart"),
    ("began_after_end", "一方の療養が終わった後に始まった", "Began after the other had ended"),
    ("two_deaths", "死亡日が違う", "Different days of death"),
    (
        "no_day",
        "発病日・検体採取日・診断日・届出日のいずれもない",
        "No day of onset, specimen, diagnosis or report",
    ),
)

STATE = CodeList(
    "match_state",
    ("open", "未確認", "To be looked at"),
    ("later", "保留", "Later"),
    ("same", "同一人（統合済み）", "Same person, merged"),
    ("different", "別人", "Different people"),
    tones={"open": "warning", "later": "info", "same": "success", "different": "neutral"},
)
