"""Characters of place names that people write for each other, because they sound alike, and the endings that many names share."""

from __future__ import annotations

# Groups of characters with the same sound (tone aside) that occur in names of places; from the syllables of standard Mandarin.
SOUNDS = (
    "花华画划桦 园圆院苑源缘原元远 家佳嘉加 岸安案 景京晶菁静敬靖 锦金今近津 和河何禾合荷 城成诚程承 新鑫馨欣信心 阳杨扬洋羊 福富府付复 名明铭鸣 庭亭廷婷厅听 湾弯万 里李礼理丽力 "
    "龙隆 兴星幸行杏 祥翔香乡湘向 平苹萍坪屏 文闻雯 书舒树 青清庆轻卿 柳留刘流 滨宾彬 桂贵 竹珠朱筑 云芸韵 波播 涛桃陶 临林邻琳 雅亚 居聚 博伯泊 学雪 师诗狮时石实世士 英鹰樱影颖 "
    "才财材彩 育玉裕誉余宇羽雨渔 天添田甜 悦月越 纪际吉集 国果 凯楷 门们 友有 谊宜怡益艺 长常昌 顺 东冬栋 西溪熙喜 南男 庄装 槐怀 泉全 望旺王 山珊 桥乔侨 渡度 芦庐炉鹿路 苇伟卫 沙纱 "
    "岭领灵玲 岗刚港 红宏虹洪鸿弘 旗奇齐琪棋 丰风枫峰 麦卖 浪郎 谷古 耕更 银寅 朝潮 霞夏侠 瑞睿 棉绵 蓉容荣融 紫子梓 梧吴 桐同童 棠塘唐堂 牡母 丹单 兰蓝岚澜 汇会惠慧 状壮 翰汉 "
    "墨默 团 求秋 德得 人仁 民 建健 驿义毅 道 街阶 村 碧璧 翠 摩魔 象像橡 御豫 公宫 馆管 寓 邸底 畔 望 苹 站 轴 齿 钢 匠 开凯 拓 美梅 满 团 圆 合 欢 意 如 喜 乐 泽则 垂 柔 荫阴因 絮 "
    "湖胡 江 翡 尚上 品 俪 都 豪 帝 泰太 盛圣 尊 昊浩 鼎 润 中 央"
)
_GROUPS: dict[str, frozenset[str]] = {}
for _group in SOUNDS.split():
    for _char in _group:
        _GROUPS[_char] = _GROUPS.get(_char, frozenset()) | frozenset(_group)

# What names end in without being told apart by it; the longest first.
ENDINGS = (
    "花园小区", "家园小区", "新村小区", "公寓小区", "安置小区", "老家属院", "家属院", "家属楼", "宿舍楼", "安置楼", "村民委员会", "居委会", "村委会",
    "花园", "家园", "嘉园", "佳苑", "新村", "新居", "公寓", "小区", "花苑", "名苑", "名邸", "雅居", "雅苑", "人家", "宿舍", "社区", "大道", "大街", "一期", "二期",
    "菜市场", "市场", "小学", "中学", "苑", "园", "里", "城", "府", "湾", "居", "村", "路", "街",
)  # fmt: skip


def alike(one: str, other: str) -> bool:
    """True when one character is easily written for the other."""
    return other in _GROUPS.get(one, frozenset())


def without_ending(name: str) -> str:
    """A name without the longest ending that it shares with others: 水岸 of 水岸花园小区, 机械厂 of 机械厂家属院."""
    ending = next((ending for ending in ENDINGS if name.endswith(ending) and len(name) > len(ending)), "")
    return name.removesuffix(ending)


def distinguishing(name: str) -> str:
    """The part of a name that tells it from others, every shared ending taken off: 翰林 of 翰林苑小区."""
    shorter = without_ending(name)
    return shorter if shorter == name or len(shorter) <= 2 else distinguishing(shorter)
