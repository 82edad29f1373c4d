"""Invented past appeals in any number: sentences of the model of a year, with the small things that make each matter its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from engine.names import Names
from engine.vocabulary import Vocabulary
from insights.similar import Question
from tickets.domain import likeness
from tickets.store import similar as index
from wiring.desk import load_rules
from wiring.names import current_names
from wiring.settings import load
from worker.history import world_of
from worker.year_model import Matter, World
from worker.year_words import sentence

YEARS = 3
SYLLABLES = "福瑞祥和兴隆盛达安康宏远鑫源美佳华丰益民顺通天润金玉海川云峰德昌永泰嘉恒"
SHOPS = ("超市", "烧烤店", "早餐铺", "修车行", "幼儿园", "棋牌室", "快递站", "建材店", "洗车店", "诊所", "培训班", "工地", "饭店", "网吧", "浴池")
THINGS = (
    "井盖丢了两块", "围墙倒了一段", "变压器嗡嗡响", "门口堆满建筑垃圾", "消防通道被私家车占了", "电梯按钮失灵", "楼顶防水层鼓包", "树枝刮到窗户", "排水沟堵着淤泥", "阀门锈死拧不动",
    "大货车整夜进出", "油烟直接排到院里", "广告牌快掉下来", "地下室积水没过脚面", "路面塌了一个坑", "监控探头坏了", "押金一直不退", "合同上没有写清楚", "两家邻居为此吵过架", "老人摔了一跤",
)  # fmt: skip


@dataclass(frozen=True)
class Appeal:
    """One past appeal. `terms` are its words as the index keeps them, `at` is stored UTC."""

    text: str
    category: str
    area: str
    at: datetime
    terms: bytes


@dataclass(frozen=True)
class Appeals:
    """All of them, the oldest first, with the world they are of."""

    names: Names
    every: Sequence[Appeal]
    world: World
    shares: Sequence[float]
    places: Sequence[str]
    now: datetime

    def question(self, dice: Random) -> Question:
        """A new appeal; of one in six the category is not known, of one in six the place."""
        roll, (matter, place, text) = dice.random(), _one(dice, self.world, self.shares, self.places)
        return Question("", text, "" if roll < 1 / 6 else matter.name, "" if roll > 5 / 6 else place, self.now)


def appeals_of(count: int, now: datetime, dice: Random) -> Appeals:
    """`count` appeals of three years in the demonstration's district. Some matters and places come up far more often than others."""
    with tempfile.TemporaryDirectory() as home:
        settings = load({"SUDA_HOME": home})
        loaded = load_rules(settings, Vocabulary(names=current_names(settings)))
    assert loaded.catalogue is not None
    world = world_of(loaded.catalogue, loaded.names.areas)
    ranks = list(range(len(world.matters)))
    dice.shuffle(ranks)
    shares = list(accumulate(6 / (1 + rank * 0.05) for rank in ranks))
    places = [*world.estates, *world.villages, *world.roads]
    dice.shuffle(places)
    times = sorted(now - timedelta(days=365 * YEARS * dice.random()) for _ in range(count))
    every = []
    for at in times:
        matter, place, text = _one(dice, world, shares, places)
        area = place if dice.random() > 0.12 else ""
        every.append(Appeal(text, matter.name if dice.random() > 0.05 else "", area, at, likeness.packed(index.terms_of("", text))))
    return Appeals(loaded.names, every, world, shares, places, now)


def _one(dice: Random, world: World, shares: Sequence[float], places: Sequence[str]) -> tuple[Matter, str, str]:
    matter = dice.choices(world.matters, cum_weights=shares)[0]
    place = places[int(len(places) * dice.random() ** 1.7)]
    _, text = sentence(dice, dice.choice(("投诉", "求助", "求助", "咨询", "举报")), place, matter.words or (matter.name,), matter.samples)
    more = [f"就在{place}{dice.randrange(1, 30)}号楼{dice.choice('东西南北')}边"] if dice.random() < 0.5 else []
    more += [f"旁边是{''.join(dice.choices(SYLLABLES, k=2))}{dice.choice(SHOPS)}"] if dice.random() < 0.6 else []
    more += dice.sample(THINGS, dice.randrange(3))
    return matter, place, text + "，".join(more)
