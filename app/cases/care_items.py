"""Sections 3 and 4 of 別紙3 for a case: care outside hospital, source and activities."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped

from app.cases.codes import INFECTION_PLACE, RESPONDENT, SURVEY_METHOD
from app.core.db import UtcDateTime
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN
from app.core.sections import CARE, INVESTIGATION

_by_centre = partial(item, entered_by=(Enterer.HEALTH_CENTRE,))
_name = partial(_by_centre, String(100), section=CARE, privacy=Privacy.OPERATIONAL)
_doctor = partial(_by_centre, String(60), section=CARE, privacy=Privacy.OPERATIONAL)
_counted = partial(_by_centre, section=INVESTIGATION, privacy=Privacy.EPIDEMIOLOGICAL)
_words = partial(_by_centre, Text, section=INVESTIGATION, privacy=Privacy.INVESTIGATION)


class CaseCare:
    """Section 3: who looks after the patient in a hotel or at home (R68–R70, R92)."""

    follow_up_hospital: Mapped[str | None] = _name(
        ja="自宅療養中のフォローアップ担当医療機関名",
        en="Institution in charge of follow-up at home",
        source="別紙3 R68",
    )
    follow_up_doctor: Mapped[str | None] = _doctor(
        ja="フォローアップ担当医", en="Doctor in charge of follow-up", source="別紙3 R68"
    )
    emergency_hospital: Mapped[str | None] = _name(
        ja="緊急搬送先となる医療機関名",
        en="Hospital for emergencies",
        source="別紙3 R69; 入力項目 R92",
    )
    emergency_doctor: Mapped[str | None] = _doctor(
        ja="緊急搬送先の担当医名", en="Doctor at the hospital for emergencies", source="別紙3 R69"
    )
    family_clinic: Mapped[str | None] = _name(
        ja="かかりつけ医療機関名",
        en="Family doctor's institution",
        source="別紙3 R70; 入力項目 R92",
    )
    family_doctor: Mapped[str | None] = _doctor(
        ja="かかりつけ担当医名", en="Family doctor", source="別紙3 R70"
    )


class CaseInvestigation:
    """Section 4: link, travel, place and the investigation itself (R73–R76, R93–R96)."""

    link_known: Mapped[str | None] = _counted(
        String(8),
        ja="感染リンクの有無",
        en="Known link",
        codes=YES_NO_UNKNOWN,
        required=Stage.INVESTIGATION,
        aliases=("患者_接触歴の有無フラグ", "周囲の患者発生の有無（公表）"),
        source="別紙3 R73; 入力項目 R95",
    )
    link_note: Mapped[str | None] = _words(
        ja="感染リンクの内容",
        en="Link: details",
        aliases=("周囲の患者発生（番号：公表）", "感染経路状況"),
        source="別紙3 R73",
    )
    travelled: Mapped[str | None] = _counted(
        String(8),
        ja="渡航歴の有無",
        en="Travelled abroad",
        codes=YES_NO_UNKNOWN,
        aliases=("患者_渡航歴の有無フラグ", "海外渡航歴"),
        source="別紙3 R74; オープンデータ 患者_渡航歴の有無フラグ",
    )
    travel_from_on: Mapped[date | None] = _counted(
        Date,
        ja="渡航期間（出国日）",
        en="Left Japan on",
        aliases=("出国日",),
        source="別紙3 R74; 発生届 18②",
    )
    travel_to_on: Mapped[date | None] = _counted(
        Date,
        ja="渡航期間（入国日）",
        en="Entered Japan on",
        aliases=("入国日",),
        source="別紙3 R74; 発生届 18②",
    )
    travel_country: Mapped[str | None] = _counted(
        String(100),
        ja="渡航先",
        en="Countries visited",
        aliases=("海外渡航歴:備考（国）",),
        source="別紙3 R74",
    )
    infection_place: Mapped[str | None] = _counted(
        String(24),
        ja="推定感染場所",
        en="Presumed place of infection",
        codes=INFECTION_PLACE,
        source="別紙3 R74; 入力項目 R96",
    )
    infection_place_note: Mapped[str | None] = _words(
        ja="推定感染場所の詳細",
        en="Presumed place: details",
        aliases=("感染詳細地域",),
        source="別紙3 R74",
    )
    visited_before_onset: Mapped[str | None] = _counted(
        String(8),
        ja="発症前の医療機関受診の有無",
        en="Visited a medical institution before onset",
        codes=YES_NO_UNKNOWN,
        source="別紙3 R74",
    )
    visited_before_onset_note: Mapped[str | None] = _words(
        ja="発症前に受診した医療機関", en="Institutions visited before onset", source="別紙3 R74"
    )
    other_activity: Mapped[str | None] = _words(
        ja="その他行動歴", en="Other activities", source="別紙3 R75; 入力項目 R93"
    )
    surveyed_on: Mapped[date | None] = _counted(
        Date, ja="行動調査を行った日", en="Investigated on", source="別紙3 R76; 添付1 1"
    )
    survey_method: Mapped[str | None] = _counted(
        String(12),
        ja="行動調査の方法",
        en="Investigated by",
        codes=SURVEY_METHOD,
        source="別紙3 R76; 添付1 1",
    )
    survey_respondent: Mapped[str | None] = _counted(
        String(12),
        ja="行動調査の回答者",
        en="Respondent",
        codes=RESPONDENT,
        source="別紙3 R76; 添付1 2",
    )
    survey_respondent_note: Mapped[str | None] = _by_centre(
        String(100),
        section=INVESTIGATION,
        privacy=Privacy.INVESTIGATION,
        ja="回答者（本人以外）の氏名・続柄",
        en="Respondent's name and relation",
        source="別紙3 R76; 添付1 2",
    )
    source_contact_at: Mapped[datetime | None] = _counted(
        UtcDateTime,
        ja="感染源との接触日時",
        en="Contact with the source at",
        aliases=("接触日・時刻",),
        source="別紙3 R76",
    )
