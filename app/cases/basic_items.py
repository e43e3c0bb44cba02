"""Section 1 of 別紙3 for a case: whose case it is, where, and who is in charge (R48–R54)."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped

from app.cases.codes import AGE_GROUP, CASE_STATUS, NOTIFICATION_STATE, OCCUPATION, SEX
from app.core.db import UtcDateTime
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import BASIC

_counted = partial(
    item, section=BASIC, privacy=Privacy.EPIDEMIOLOGICAL, entered_by=(Enterer.CLINIC,)
)
_profile = partial(item, section=BASIC, privacy=Privacy.PROFILE, entered_by=(Enterer.CLINIC,))
_issued = partial(
    item, section=BASIC, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.SYSTEM,), editable=False
)
_work = partial(
    item, section=BASIC, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.HEALTH_CENTRE,)
)
_named = partial(_work, Integer, reference="Institution", foreign_key="institution.id")
_recorded = partial(_issued, Integer, reference="Institution", foreign_key="institution.id")


class CaseBasics:
    """Items of section 1; the person's own identity stands in ``persons``."""

    number: Mapped[str | None] = _issued(
        String(8),
        ja="患者等ID",
        en="Case number",
        required=Stage.ACCEPTANCE,
        unique=True,
        aliases=("HER-SYS ID", "患者等ＩＤ"),
        source="別紙3 R48",
    )
    former_numbers: Mapped[str | None] = _issued(
        String(400),
        ja="統合した患者等ID",
        en="Numbers made one with it",
        hint=Label(
            "重複登録を統合した患者等ID。検索するとこの患者が見つかる",
            "Given up when a case registered twice was merged; a search for one finds this case",
        ),
        source="R153（名寄せの仕組み）",
    )
    status: Mapped[str] = _issued(
        String(24),
        ja="現在のステータス",
        en="Status",
        codes=CASE_STATUS,
        nullable=False,
        default="under_investigation",
        aliases=("ステータス", "発生状況"),
        source="入力項目 R90",
    )
    disease_id: Mapped[int] = item(
        Integer,
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.CLINIC,),
        ja="疾病名",
        en="Disease",
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
        source="発生届",
    )
    episode: Mapped[int] = _issued(
        Integer,
        ja="罹患回数",
        en="Episode",
        hint=Label("同じ人の何回目の罹患か", "Which infection of the same person this is"),
        minimum=1,
        maximum=99,
        nullable=False,
        default=1,
    )
    sex: Mapped[str | None] = _profile(
        String(8),
        ja="性別",
        en="Sex",
        codes=SEX,
        required=Stage.NOTIFICATION,
        aliases=("患者_性別", "患者情報_性別"),
        source="別紙3 R49; 入力項目 R81; 発生届 3",
    )
    age_years: Mapped[int | None] = _profile(
        Integer,
        ja="診断時の年齢",
        en="Age at diagnosis",
        unit=Label("歳", "years"),
        required=Stage.NOTIFICATION,
        minimum=0,
        maximum=120,
        aliases=("年齢", "診断時年齢(歳)", "患者情報_年齢"),
        source="別紙3 R49; 発生届 5",
    )
    age_months: Mapped[int | None] = _profile(
        Integer,
        ja="診断時の月齢（0歳）",
        en="Age in months (under 1)",
        unit=Label("か月", "months"),
        minimum=0,
        maximum=11,
        aliases=("診断時年齢(か月)",),
        source="発生届 5",
    )
    age_group: Mapped[str | None] = _profile(
        String(12),
        ja="年代",
        en="Age group",
        codes=AGE_GROUP,
        aliases=("患者_年代", "患者情報_年代"),
        source="オープンデータ 患者_年代",
    )
    occupation: Mapped[str | None] = _counted(
        String(24),
        ja="職業分類",
        en="Occupation group",
        codes=OCCUPATION,
        source="楽々集計 職業分類",
    )
    occupation_detail: Mapped[str | None] = item(
        String(200),
        ja="職業",
        en="Occupation",
        section=BASIC,
        privacy=Privacy.IDENTIFYING,
        entered_by=(Enterer.CLINIC,),
        aliases=("当該者職業", "患者_職業", "職業：備考"),
        source="発生届 6; 添付1 25",
    )
    prefecture_code: Mapped[str | None] = _counted(
        String(2),
        ja="居住都道府県",
        en="Prefecture of residence",
        reference="Prefecture",
        foreign_key="prefecture.code",
        aliases=("都道府県名", "居住都道府県コード"),
        source="オープンデータ 都道府県名",
    )
    first_prefecture_code: Mapped[str] = _issued(
        String(2),
        ja="最初に届け出られた都道府県",
        en="Prefecture of first report",
        reference="Prefecture",
        foreign_key="prefecture.code",
        nullable=False,
    )
    municipality_code: Mapped[str | None] = _counted(
        String(5),
        ja="居住市区町村",
        en="Municipality of residence",
        reference="Municipality",
        foreign_key="municipality.code",
        aliases=("市区町村名", "居住市区町村コード"),
        source="オープンデータ 市区町村名",
    )
    residence: Mapped[str | None] = _counted(
        String(100),
        ja="居住地（公表用）",
        en="Residence as published",
        hint=Label("市区町村より細かくしない", "No finer than the municipality"),
        aliases=("患者_居住地", "居住地", "患者居住地"),
        source="オープンデータ 患者_居住地",
    )
    elderly_in_household: Mapped[str | None] = item(
        String(8),
        ja="高齢者等である同居家族の有無",
        en="Elderly or other vulnerable household member",
        section=BASIC,
        privacy=Privacy.CLINICAL,
        entered_by=(Enterer.HEALTH_CENTRE,),
        codes=YES_NO_UNKNOWN,
        required=Stage.INVESTIGATION,
        source="別紙3 R51; 入力項目 R83",
    )
    welfare_link: Mapped[str | None] = _work(
        String(8),
        ja="福祉部門との連携要否",
        en="Welfare department to be involved",
        codes=YES_NO_UNKNOWN,
        source="入力項目 R82",
    )
    residence_centre_id: Mapped[int | None] = _named(
        ja="居住地の保健所名",
        en="Health centre of residence",
        aliases=("患者居住地保健所", "居住地保健所"),
        source="別紙3 R52; 添付1 5",
    )
    responsible_centre_id: Mapped[int | None] = _named(
        ja="担当保健所",
        en="Responsible health centre",
        aliases=("保健所",),
        source="入力項目 R84",
    )
    authority_id: Mapped[int | None] = _recorded(
        ja="担当保健所の設置自治体",
        en="Authority of the responsible health centre",
    )
    reporting_institution_id: Mapped[int | None] = _named(
        ja="診断を行った医療機関（届出医療機関）",
        en="Diagnosing (reporting) institution",
        entered_by=(Enterer.CLINIC,),
        aliases=("届出医療機関名", "検体採取医療機関"),
        source="別紙3 R53; 添付1 6",
    )
    reported_on: Mapped[date | None] = _counted(
        Date,
        ja="届出日",
        en="Reported on",
        aliases=("報告日", "報告年月日", "受理日"),
        source="別紙3 R53",
    )
    accepted_authority_id: Mapped[int | None] = _recorded(
        ja="届出受理自治体名",
        en="Accepting authority",
        required=Stage.ACCEPTANCE,
        aliases=("届出受理自治体",),
        source="別紙3 R54; 添付1 11",
    )
    accepted_centre_id: Mapped[int | None] = _recorded(
        ja="届出受理保健所",
        en="Accepting health centre",
        required=Stage.ACCEPTANCE,
        source="別紙3 R54; 添付1 12",
    )
    accepted_at: Mapped[datetime | None] = _issued(
        UtcDateTime,
        ja="届出受理日時",
        en="Accepted at",
        source="添付1 10",
    )
    notification_state: Mapped[str | None] = _issued(
        String(12),
        ja="発生届の状態",
        en="State of the notification",
        codes=NOTIFICATION_STATE,
        source="入力項目 R88",
    )
