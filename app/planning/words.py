"""What the pages of this package are called, and what their numbers mean."""

from app.core.labels import Label

OUTLOOK = Label("再生産数と今後の見込み", "Reproduction number and outlook")
BED_PLAN = Label("病床計画のシナリオ", "Scenarios of bed plans")
BACKTEST = Label("見込みの検証", "How past projections fared")
CLUSTERS = Label("クラスターの状況", "State of clusters")
DELAYS = Label("発症から受理までの日数", "Days from onset to acceptance")
REPRODUCTION = Label("実効再生産数（簡易）", "Reproduction number (simple)")
ESTIMATE = Label("見込み（推計）", "(estimate)")
COUNT = Label("実績", "Counted")
MIDDLE = Label("中央", "Middle")
MEDIAN, P80 = Label("中央値", "Median"), Label("80パーセンタイル", "80th percentile")
IN_80, IN_95 = Label("80％区間", "80 % interval"), Label("95％区間", "95 % interval")
TOO_FEW = Label("患者数が少なく推計できない", "Too few cases to say")

REPRODUCTION_NOTES = (
    Label(
        "（直近7日間の新規陽性者数 ÷ その前7日間）の（5/7）乗。平均世代時間を5日と仮定した簡易な推定値です。",
        "(New cases of the last 7 days ÷ those of the 7 before) to the power of 5/7: a simple "
        "estimate that assumes a generation time of 5 days.",
    ),
    Label(
        "区間は、2つの7日間の人数の偶然のばらつきだけから求めた95％区間（スコア法）です。"
        "クラスターや報告の遅れによる不確かさは含まれず、実際はこれより広くなります。",
        "The interval is the 95 % score interval of the two sums and knows the chance of counting "
        "only. Clusters and late reports make the truth wider.",
    ),
    Label(
        "2週間の合計が20人未満のときは推計しません。",
        "With fewer than 20 cases in two weeks nothing is said.",
    ),
)
PROJECTION_NOTES = (
    Label(
        "見込みは推計であり、実績の人数ではありません。日ごとの人数ではなく7日間平均を見込みます。",
        "The outlook is an estimate, no count. It is of the mean of 7 days, not of single days.",
    ),
    Label(
        "「最近の増減が徐々に弱まる」が過去の実績に最も近かった仮定です。増減がそのまま続くとした計算は大きく外れました。",
        "That the recent trend fades came closest in the past. That it goes on unbroken was far off.",
    ),
    Label(
        "区間の幅は、47都道府県の2020年3月22日〜10月31日の実績に当てはめたときの外れ方から決め、"
        "その後の3か月（2020年11月〜2021年1月）で確かめました。",
        "The width of the intervals is how far the method was off on the figures of the 47 "
        "prefectures from 22 March to 31 October 2020; it was checked on the three months after.",
    ),
    Label(
        "確認期間に実績が入った割合は、80％区間で80％（7日後）・83％（14日後）・86％（28日後）、"
        "95％区間で95％・96％・97％です。週20人未満の地域では80％区間に55〜65％しか入らず、"
        "区間は狭すぎます。",
        "In those months the 80 % interval held what came in 80 % (7 days ahead), 83 % (14) and "
        "86 % (28) of the projections, the 95 % interval in 95, 96 and 97 %. Where a week has fewer "
        "than 20 cases the 80 % interval held only 55 to 65 %: it is too narrow there.",
    ),
    Label(
        "入院者数などは、新規陽性者の一定割合がその日に入院し、平均日数で退院していくと仮定した計算です。",
        "People in hospital: a share of the new cases is admitted on their day, and leaves after the "
        "mean length of stay.",
    ),
)
