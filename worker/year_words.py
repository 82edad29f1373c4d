"""What callers say in the model of a year: sentences put together from a category's own keywords, so that no two appeals read alike."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

OPENINGS = (
    "", "", "", "", "您好，", "你好，", "我是{place}的居民，", "我家住{place}，", "来电人住在{place}，", "想反映一下，", "麻烦你们管一管，", "之前也打过电话，", "替父母打的电话，",
)  # fmt: skip
SINCE = (
    "已经三天了", "从上周开始就这样", "有半个多月了", "今天早上发现的", "昨天晚上开始的", "断断续续快两个月了", "去年就有这个情况", "刚刚发生的", "一到周末就这样", "夜里最厉害",
    "下雨以后更严重", "前后有七八次了", "开春以来一直没好", "搬来就这样", "这几天越来越厉害",
)  # fmt: skip
EFFECTS = (
    "老人孩子都受影响", "一层楼的人都有意见", "上下班都要绕路", "全家人睡不好觉", "生意也没法做了", "孩子写作业都受影响", "家里有行动不便的老人", "邻居们也都打过电话", "找了几个地方都说不归他们管",
    "物业说正在等通知", "打电话没有人接", "来过一次人，看了看就走了", "大家都在群里说这件事", "实在没有别的办法了", "花了不少冤枉钱", "担心出事",
)  # fmt: skip
ASKS = (
    "请尽快处理", "希望有人来看看", "请相关部门给个说法", "请帮忙协调一下", "希望三天内能有回音", "请核实后告诉我结果", "盼望早点解决", "请派人到现场", "能不能给个准确时间", "要求书面答复", "请查处",
)  # fmt: skip
TOLD = (
    "{open}{place}{word}，{since}，{effect}，{ask}。",
    "{open}{place}这边{word}的问题，{since}，{ask}。",
    "{open}关于{word}，{since}，{effect}。{ask}。",
    "{place}{word}。{effect}，{since}，{ask}。",
    "{open}{since}，{place}{word}，{ask}，谢谢。",
    "{open}{place}有{word}的情况，{effect}，{since}。",
)
ASKED = (
    "{open}请问{word}怎么办理，需要带哪些材料，在{place}附近哪里能办？",
    "{open}想问一下{word}的政策，我们家这种情况符合条件吗？",
    "{open}咨询{word}，网上能不能办，多长时间有结果？",
    "{open}{word}的事情跑了两趟没有办成，请问到底找哪个窗口？",
)
REPORTED = ("{open}举报{place}{word}，{since}，请查一查。", "{open}{place}存在{word}，不方便留名，{ask}。")
ADVISED = ("{open}建议{place}把{word}的事管起来，{effect}。", "{open}关于{word}有个建议：{place}能不能统一安排一下，{ask}。")
PRAISED = ("{place}反映的{word}很快就处理好了，工作人员态度也好，特地打电话感谢。", "表扬处理{word}的师傅，{place}的邻居们都很满意。")
VAGUE = (
    "{open}{place}那件事到现在没有人回话，{ask}。",
    "{open}还是上回说的那个情况，{since}，{effect}，{ask}。",
    "{place}的事情一直没有人管，{effect}，{ask}。",
    "{open}{place}出了点状况，电话里说不清，{ask}。",
)
AGAIN = ("再次反映：", "第二次来电：", "又打来一次，", "上次答复后仍没有解决，")
BY_KIND = {"咨询": ASKED, "举报": REPORTED, "建议": ADVISED, "表扬": PRAISED}
RESULTS = (
    "接单后当日到场查看，{work}，已与来电人联系说明。",
    "经核实情况属实，{work}，后续安排专人巡查。",
    "已到现场核查，{work}，来电人表示认可。",
    "已联系相关单位，{work}，并告知来电人办理结果。",
)
WORK = (
    "问题已处理完毕", "更换了损坏部件，恢复正常", "组织人员清理干净", "对责任方下达整改通知并督促落实", "已按政策逐条解释并告知所需材料", "协调双方达成一致", "当场纠正并登记在案", "已完成维修并试运行正常",
)  # fmt: skip
PARTLY = ("需要结合年度计划分步实施，已说明安排", "部分费用有争议，建议通过协商或诉讼解决", "配件到货后即可完成，已告知时间")
RETURNED = ("经核实，该事项不在我单位职责范围内", "现场查看后，设施产权不属于我单位", "该地段已移交，不归我单位管养", "诉求涉及另一部门的审批事项")
BASES = ("单位职责清单", "《派单目录》归口说明", "设施移交协议", "部门三定规定")
TRANSFERRED = ("经与两单位商定，由后者承办", "承办单位调整，改由归口科室办理", "现场确认后由更合适的单位办理")
REWORKED = ("回复没有说明处理过程，请补充", "来电人表示仍未解决，请再次到现场", "没有与来电人联系，请联系后回复", "缺少完成时间，请明确")
HELPED = "已到场配合处理，情况已告知主办单位"
INVITED = ("请派人一同到现场", "请核对管线位置", "请提供审批资料", "请协助联系当事人")
EXTENDED = ("所需配件正在采购", "须等天气转好再施工", "当事人在外地，约定下周面谈", "须由上级部门出具意见")
SUSPENDED = (("列入年度改造计划，开工后办结", "每半月联系一次来电人"), ("涉及产权争议，待调解后办理", "与社区一同跟进"), ("等候上级批复", "收到批复即办"))
RELEASED = ("批复已到，继续办理", "改造已完工", "争议已调解")
VISITED = ("上门说明了处理经过，现场拍照", "与来电人当面核对了情况，已约定再查一次", "当面致歉并说明原因")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"


def sentence(dice: Random, kind: str, place: str, words: Sequence[str], samples: Sequence[str]) -> tuple[str, str]:
    """Title and text of an appeal of that kind at that place. One in seven says nothing a keyword could catch; some use a sample sentence."""
    word = dice.choice(words) if words else ""
    roll = dice.random()
    if not word or roll < 0.14:
        return "", _filled(dice, dice.choice(VAGUE), place, "")
    if samples and roll < 0.24 and kind not in BY_KIND:
        return f"{place}{word}", f"{_filled(dice, dice.choice(OPENINGS), place, word)}{dice.choice(samples)}，{dice.choice(SINCE)}，{dice.choice(ASKS)}。"
    return f"{place}{word}" if dice.random() < 0.7 else "", _filled(dice, dice.choice(BY_KIND.get(kind, TOLD)), place, word)


def _filled(dice: Random, form: str, place: str, word: str) -> str:
    opening = dice.choice(OPENINGS) if "{open}" in form else ""
    if place and "{place}" in opening and "{place}" in form:
        form = form.replace("{place}", "", 1)  # nobody says where he lives twice in a breath
    text = form.format(open=opening, place=place, word=word, since=dice.choice(SINCE), effect=dice.choice(EFFECTS), ask=dice.choice(ASKS))
    return text.format(place=place or "这里") if "{place}" in text else text


def result(dice: Random, solved: bool) -> str:
    """What the handler writes into his reply."""
    return dice.choice(RESULTS).format(work=dice.choice(WORK if solved else PARTLY))
