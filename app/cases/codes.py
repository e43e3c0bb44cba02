"""Code lists of a case in the official wording."""

from app.core.labels import CodeList

SEX = CodeList(
    "sex",
    ("male", "男", "Male"),
    ("female", "女", "Female"),
    ("other", "その他", "Other"),
    ("unknown", "不明", "Unknown"),
    also={"男性": "male", "女性": "female", "M": "male", "F": "female"},
)

AGE_GROUP = CodeList(
    "age_group",
    ("under_10", "10歳未満", "Under 10"),
    ("10s", "10代", "10–19"),
    ("20s", "20代", "20–29"),
    ("30s", "30代", "30–39"),
    ("40s", "40代", "40–49"),
    ("50s", "50代", "50–59"),
    ("60s", "60代", "60–69"),
    ("70s", "70代", "70–79"),
    ("80s", "80代", "80–89"),
    ("90_or_over", "90歳以上", "90 or over"),
    ("unknown", "不明", "Unknown"),
)

OCCUPATION = CodeList(
    "occupation",
    ("company_employee", "会社員", "Company employee"),
    ("public_servant", "公務員", "Public servant"),
    ("association_employee", "団体職員", "Association employee"),
    ("self_employed", "自営業", "Self-employed"),
    ("health_worker", "医療従事者", "Health worker"),
    ("part_time_worker", "パート従業員", "Part-time worker"),
    ("student", "学生", "Student"),
    ("nursery_child", "園児", "Nursery child"),
    ("other", "その他", "Other"),
    ("none", "無職", "None"),
    ("unknown", "不明", "Unknown"),
)

DIAGNOSIS_TYPE = CodeList(
    "diagnosis_type",
    ("confirmed", "患者（確定例）", "Patient (confirmed case)"),
    ("asymptomatic_carrier", "無症状病原体保有者", "Asymptomatic carrier"),
    ("suspected", "疑似症患者", "Suspected case"),
    ("body_confirmed", "感染症死亡者の死体", "Body of a person who died of the disease"),
    (
        "body_suspected",
        "感染症死亡疑い者の死体",
        "Body of a person suspected to have died of the disease",
    ),
)

CASE_STATUS = CodeList(
    "case_status",
    ("awaiting_acceptance", "受理待ち", "Awaiting acceptance"),
    ("suspected", "疑似症", "Suspected"),
    ("under_investigation", "確認中", "Being confirmed"),
    ("waiting", "入院・療養先調整中", "Waiting for a place"),
    ("hospitalised", "入院中", "In hospital"),
    ("hospitalised_severe", "入院中（重症）", "In hospital (severe)"),
    ("hotel", "宿泊療養中", "In a hotel"),
    ("home", "自宅療養中", "At home"),
    ("social_facility", "社会福祉施設等療養中", "In a social facility"),
    ("discharged", "退院・療養解除", "Discharged"),
    ("died", "死亡", "Died"),
    ("cleared", "疑い解消（陰性）", "Suspicion cleared"),
    ("withdrawn", "取下げ", "Withdrawn"),
    tones={
        "awaiting_acceptance": "warning",
        "suspected": "info",
        "under_investigation": "warning",
        "waiting": "warning",
        "hospitalised": "info",
        "hospitalised_severe": "danger",
        "hotel": "info",
        "home": "info",
        "social_facility": "info",
        "discharged": "success",
        "died": "neutral",
        "cleared": "success",
        "withdrawn": "neutral",
    },
)

ENDED_STATUSES = frozenset({"discharged", "died", "cleared", "withdrawn"})
"""Statuses of an episode that is over."""

SEVERITY = CodeList(
    "severity",
    ("asymptomatic", "無症状", "Asymptomatic"),
    ("mild", "軽症", "Mild"),
    ("moderate", "中等症", "Moderate"),
    ("moderate_1", "中等症Ⅰ", "Moderate I"),
    ("moderate_2", "中等症Ⅱ", "Moderate II"),
    ("severe", "重症", "Severe"),
)

OUTCOME = CodeList(
    "outcome",
    ("recovered", "軽快（退院・療養解除）", "Recovered (discharged)"),
    ("died", "死亡", "Died"),
    ("transferred", "転院・転出", "Transferred"),
    ("unknown", "不明", "Unknown"),
    also=dict.fromkeys(("退院", "治癒", "回復"), "recovered"),
)

SYMPTOM = CodeList(
    "symptom",
    ("fever", "発熱", "Fever"),
    ("cough", "咳", "Cough"),
    ("acute_respiratory", "咳以外の急性呼吸器症状", "Acute respiratory symptoms other than cough"),
    ("pneumonia_image", "肺炎像", "Pneumonia on imaging"),
    ("severe_pneumonia", "重篤な肺炎", "Severe pneumonia"),
    ("ards", "急性呼吸窮迫症候群", "Acute respiratory distress syndrome"),
    ("multiple_organ_failure", "多臓器不全", "Multiple organ failure"),
    ("fatigue", "全身倦怠感", "General fatigue"),
    ("headache", "頭痛", "Headache"),
    ("nausea_vomiting", "嘔気・嘔吐", "Nausea or vomiting"),
    ("diarrhoea", "下痢", "Diarrhoea"),
    ("conjunctivitis", "結膜炎", "Conjunctivitis"),
    ("smell_taste_disorder", "嗅覚・味覚障害", "Loss of smell or taste"),
    ("other", "その他", "Other"),
    ("none", "なし", "None"),
    extended=True,
)

UNDERLYING_CONDITION = CodeList(
    "underlying_condition",
    ("malignancy", "悪性腫瘍", "Malignancy"),
    ("copd", "慢性閉塞性肺疾患（COPD）", "Chronic obstructive pulmonary disease (COPD)"),
    ("respiratory", "呼吸器疾患", "Respiratory disease"),
    ("kidney", "慢性腎臓病", "Chronic kidney disease"),
    ("liver", "肝疾患", "Liver disease"),
    ("heart", "心疾患", "Heart disease"),
    ("neuromuscular", "神経筋疾患", "Neuromuscular disease"),
    ("blood", "血液疾患", "Blood disease"),
    ("immunodeficiency", "免疫不全", "Immunodeficiency"),
    ("hypertension", "高血圧", "Hypertension"),
    ("diabetes", "糖尿病", "Diabetes"),
    ("dyslipidaemia", "脂質異常症", "Dyslipidaemia"),
    ("obesity", "肥満（BMI30以上）", "Obesity (BMI 30 or over)"),
    ("smoking_history", "喫煙歴", "History of smoking"),
    ("other", "その他", "Other"),
)

SMOKING = CodeList(
    "smoking",
    ("current", "喫煙中", "Current"),
    ("former", "過去に喫煙", "Former"),
    ("never", "無", "Never"),
    ("unknown", "不明", "Unknown"),
)

INFECTION_PLACE = CodeList(
    "infection_place",
    ("home", "自宅・家庭内", "Home"),
    ("workplace", "職場", "Workplace"),
    ("school", "学校・保育所等", "School or nursery"),
    ("medical_facility", "医療機関", "Medical facility"),
    ("social_facility", "社会福祉施設等", "Social facility"),
    ("restaurant", "飲食店", "Restaurant or bar"),
    ("event", "イベント・集会", "Event or gathering"),
    ("transport", "交通機関", "Transport"),
    ("abroad", "国外", "Abroad"),
    ("other", "その他", "Other"),
    ("unknown", "不明", "Unknown"),
)

SURVEY_METHOD = CodeList(
    "survey_method",
    ("interview", "面接", "Interview"),
    ("phone", "電話", "Telephone"),
    ("other", "その他", "Other"),
)

RESPONDENT = CodeList(
    "respondent",
    ("patient", "本人", "The person"),
    ("other", "本人以外", "Somebody else"),
)

SPECIMEN = CodeList(
    "specimen",
    ("sputum", "喀痰", "Sputum"),
    ("tracheal_aspirate", "気道吸引液", "Tracheal aspirate"),
    ("bal_fluid", "肺胞洗浄液", "Bronchoalveolar lavage fluid"),
    ("throat_swab", "咽頭拭い液", "Throat swab"),
    ("nasal_aspirate", "鼻腔吸引液", "Nasal aspirate"),
    ("nasal_swab", "鼻腔拭い液", "Nasal swab"),
    ("nasopharyngeal_swab", "鼻咽頭拭い液", "Nasopharyngeal swab"),
    ("stool", "便", "Stool"),
    ("saliva", "唾液", "Saliva"),
    ("autopsy_material", "剖検材料", "Autopsy material"),
    ("other", "その他", "Other"),
    extended=True,
)

TEST_METHOD = CodeList(
    "test_method",
    ("isolation", "分離・同定による病原体の検出", "Isolation and identification"),
    (
        "nucleic_acid",
        "核酸増幅法（PCR法・LAMP法など）による病原体遺伝子の検出",
        "Nucleic acid amplification (PCR, LAMP)",
    ),
    ("antigen_qualitative", "抗原定性検査による病原体の抗原の検出", "Antigen test (qualitative)"),
    ("antigen_quantitative", "抗原定量検査による病原体の抗原の検出", "Antigen test (quantitative)"),
    ("other", "その他の方法", "Other method"),
    extended=True,
    also=dict.fromkeys(("PCR", "LAMP", "PCR法"), "nucleic_acid"),
)

TEST_RESULT = CodeList(
    "test_result",
    ("pending", "結果待ち", "Pending"),
    ("positive", "陽性", "Positive"),
    ("negative", "陰性", "Negative"),
    ("inconclusive", "判定保留", "Inconclusive"),
    ("other", "その他", "Other"),
    also={"+": "positive", "(+)": "positive", "-": "negative", "(-)": "negative"},
)

VARIANT_SCREENING = CodeList(
    "variant_screening",
    ("not_done", "未実施", "Not done"),
    ("positive", "陽性", "Positive"),
    ("negative", "陰性", "Negative"),
    ("undetermined", "判定不能", "Not determinable"),
    also={"+": "positive", "(+)": "positive", "-": "negative", "(-)": "negative"},
)

VARIANT_BASIS = CodeList(
    "variant_basis",
    ("genome", "ゲノム解析", "Genome analysis"),
    ("screening_positive", "スクリーニング陽性", "Screening positive"),
    ("screening_negative", "スクリーニング陰性", "Screening negative"),
    ("undetermined", "判定不能", "Not determinable"),
)
"""On what the variant of a case stands; the most decided first."""

VACCINE_DOSES = CodeList(
    "vaccine_doses",
    ("none", "接種なし", "Not vaccinated"),
    ("one", "1回", "1 dose"),
    ("two", "2回", "2 doses"),
    ("three_or_more", "3回以上", "3 doses or more"),
    ("unknown", "不明", "Unknown"),
)

TEST_PURPOSE = CodeList(
    "test_purpose",
    ("diagnosis", "診断", "Diagnosis"),
    ("clearance", "陰性確認", "Confirmation of clearance"),
)

STAY_PLACE = CodeList(
    "stay_place",
    ("hospital", "医療機関（入院）", "Hospital"),
    ("hotel", "宿泊療養施設", "Hotel"),
    ("home", "自宅", "Home"),
    ("waiting", "入院・療養先調整中", "Waiting for a place"),
    ("social_facility", "社会福祉施設等", "Social facility"),
)

ACCESS_ROLE = CodeList(
    "access_role",
    ("responsible", "担当保健所", "Responsible health centre"),
    ("related", "関係保健所", "Related health centre"),
    ("reporting", "届出医療機関", "Reporting institution"),
    ("treating", "療養・治療機関", "Treating institution"),
    ("observing", "健康観察機関", "Observing institution"),
    (
        "break_glass",
        "緊急閲覧（本人のみ・時間制限）",
        "Break-glass access (one person, for a time)",
    ),
)

NOTIFICATION_STATE = CodeList(
    "notification_state",
    ("draft", "下書き", "Draft"),
    ("submitted", "受理待ち", "Awaiting acceptance"),
    ("accepted", "受理", "Accepted"),
    ("returned", "差戻し", "Returned"),
    ("corrected", "訂正済み", "Corrected"),
    ("withdrawn", "取下げ", "Withdrawn"),
    tones={
        "draft": "neutral",
        "submitted": "warning",
        "accepted": "success",
        "returned": "danger",
        "corrected": "neutral",
        "withdrawn": "neutral",
    },
)
