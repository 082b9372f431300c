"""The words of which sample names and roads are made: things of the kitchen and the trade, never a person or a place.

A name is two of these words and a title (青焰砂鍋太太), a shop two of them and its trade (文火蒸籠麵店), a road one of
them (湯匙街). No family name, no road of the county and no shop is among them, so that a match would be an accident.

Telephones come from two blocks that stand for "nobody" in this project: mobiles 0900-000-000 to 0900-013-999 and
landlines 089-000-000 to 089-000-999.
"""


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FLAMES = words(
    "青焰 藍焰 文火 武火 小火 大火 爐心 爐火 爐邊 灶腳 灶火 火苗 火花 火候 暖爐 炊煙 蒸氣 熱湯 "
    "滾水 溫鍋 鍋氣 餘溫 星火 慢燉 快炒 清蒸 紅燒 白灼 乾煸 油爆 糖醋 蔥爆 鹽焗 酥炸 香煎 現煮 "
    "早炊 晚炊 午炊 夜炊 "
)
THINGS = words(
    "砂鍋 蒸籠 湯匙 鍋鏟 飯勺 碗公 竹筷 米缸 水壺 茶壺 鐵鍋 平鍋 燉盅 瓦罐 烤盤 烘爐 麵杖 擀板 "
    "砧板 湯勺 漏勺 圍裙 手套 鍋蓋 鍋墊 筷籠 碗櫥 米斗 醬缸 油壺 鹽罐 糖罐 蔥盆 薑盆 蒜盅 果籃 "
    "菜籃 飯桶 爐架 火鉗 "
)
TITLES = words("太太 先生 家 阿姨 阿伯 奶奶 爺爺 阿嬤")
TRADES = (
    ("麵店", "小吃"), ("小館", "小吃"), ("早餐", "早餐"), ("自助餐", "自助餐"), ("便當", "便當"), ("鹹酥雞", "攤位"),
    ("豆漿", "早餐"), ("水餃", "小吃"), ("火鍋", "餐廳"), ("熱炒", "餐廳"), ("素食", "餐廳"), ("烘焙", "烘焙"),
    ("民宿", "旅宿"), ("旅店", "旅宿"), ("洗衣", "洗衣"), ("食堂", "學校"), ("廚房", "學校"), ("市場", "市場"),
)  # fmt: skip
ROADS = words(
    "青焰路 藍焰街 文火路 爐心街 灶腳巷 火苗路 炊煙街 蒸籠路 砂鍋街 湯匙街 鍋鏟路 飯勺巷 米缸街 水壺路 "
    "茶壺街 鐵鍋路 瓦罐街 圍裙路 砧板街 鍋蓋巷 菜籃路 果籃街 爐架路 火鉗巷 "
)
ACCESS = ("後門下貨", "店旁車道", "騎樓前暫停", "巷口轉入", "側門按鈴", "地下室坡道，請先打電話")
NOTES = ("有電梯", "狗會叫，不咬人", "空瓶在後陽台", "請放廚房門口", "按鈴等一下", "找不到路請打電話")
WISHES = ("空瓶放門口", "中午前到最好", "請先打電話", "二樓，有電梯", "收據請給我")
