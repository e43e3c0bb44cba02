"""Variant kanji of names: each group begins with the form the others are searched under.

Groups join old and new forms (澤→沢), popular forms (髙→高) and the forms people mix up at
the counter (斉→斎). They serve searching only; the written name is stored as registered.
Compatibility ideographs are not listed: NFKC folds them.
"""

GROUPS = """
高髙 崎﨑嵜㟢 辺邊邉 沢澤 斎齋齊斉 浜濱濵 広廣 島嶋嶌 桜櫻 国國圀 恵惠 竜龍 滝瀧 渕淵渊 関關
条條 塩鹽 富冨 峰峯 吉𠮷 土圡 徳德 黒黑 緑綠 栄榮 万萬 円圓 与與 予豫 実實 真眞 寿壽 亀龜 静靜
戸戶 青靑 清淸 増增 蔵藏 児兒 学學 芸藝 会會 県縣 桧檜 鉄鐵 豊豐 来來 礼禮 麦麥 園薗 薮藪 頼賴
瀬瀨 凛凜 遥遙 桑桒 柳栁 曽曾 祢禰 館舘 宝寶寳 浅淺 巌巖 覚覺 総總 帯帶 団團 為爲 栃杤 穂穗
鶴靏靍鸖 鴬鶯 芦蘆 篭籠 薫薰 勲勳 尭堯 槙槇 弥彌 晋晉 郎郞 荘莊 壮壯 将將 沖冲 賛贊 仏佛 岳嶽
剣劍劔剱 権權 黄黃 横橫 温溫 楽樂 気氣 渓溪 経經 蛍螢 顕顯 厳嚴 松枩 船舩 留畄 野埜 糸絲 両兩
当當 秋穐龝 数數 涼凉 覧覽 隠隱 駆驅 黙默 宮宫 焼燒 鉱鑛 医醫 壱壹 弐貳 参參 応應 区區 鶏鷄 献獻
検檢 済濟 従從 渋澁 縄繩 状狀 奨獎 乗乘 浄淨 譲讓 穣穰 醸釀 随隨 聡聰 摂攝 専專 践踐 双雙 巣巢
騒騷 属屬 続續 体體 台臺 択擇 担擔 胆膽 昼晝 鋳鑄 庁廳 聴聽 逓遞 点點 伝傳 灯燈 闘鬪 独獨 読讀
悩惱 拝拜 売賣 発發 蛮蠻 払拂 変變 満滿 訳譯 薬藥 誉譽 揺搖 様樣 謡謠 乱亂 励勵 霊靈 齢齡 恋戀
炉爐 労勞 楼樓 湾灣
"""

VARIANTS: dict[int, int] = {
    ord(variant): ord(group[0]) for group in GROUPS.split() for variant in group[1:]
}
"""Translation table: variant → the form it is searched under."""
