"""Reads what was typed into one field as the value its fact wants, or says in one sentence what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from engine import normalise
from engine.expect import LOCAL
from engine.facts import Fact, FactValue, Label
from engine.findings import shown
from engine.parse_condition import LARGEST
from engine.suggest import offer
from forms.form import Field

LONGEST = {"textarea": 20_000}  # characters; one line takes LONGEST_LINE
LONGEST_LINE = 200
MOST_FILES = 9  # photos or files in one answer
KEY = re.compile(r"[0-9a-f]{32}\Z")  # what a file that was sent is called from then on
NONE_OF_THESE = "none"  # the last box of `choices`
MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})\Z", re.ASCII)
LANDLINE = re.compile(r"(?:\+?86|0086)?(0\d{2,3}[2-9]\d{6,7})\Z", re.ASCII)
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?\Z", re.ASCII)
NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,9})?\Z", re.ASCII)
ID_CARD = re.compile(r"\d{17}[\dX]\Z", re.ASCII)
ID_WEIGHTS, ID_CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


class NotAnAnswer(ValueError):
    """What was typed cannot be the answer; `why` says so in both languages."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.why = Label(zh, en)


def read(asked: Field, fact: Fact, typed: str, at: datetime) -> FactValue | None:
    """The value, or None when nothing was answered. `at` (aware) is now: days and minutes are counted from it. Raises NotAnAnswer."""
    if "\x00" in typed or any(0xD800 <= ord(char) <= 0xDFFF for char in typed):
        raise NotAnAnswer("含有无法保存的字符，请重新输入", "holds a character that cannot be stored: type it again")
    text = typed.replace("\r\n", "\n").strip()
    if not normalise.text(text):
        return None
    return READERS[asked.kind](asked, fact, text, at)


def read_choices(asked: Field, ticked: Sequence[str]) -> dict[str, FactValue]:
    """The yes/no facts of a `choices` field: what is ticked is yes, the rest no; nothing ticked leaves all of them unknown. Raises NotAnAnswer."""
    chosen = {one for one in ticked if one}
    strange = chosen - {*asked.of, NONE_OF_THESE}
    if strange:
        raise NotAnAnswer(f"没有「{shown(min(strange))}」这一项，请从列出的里面选", f"there is no {shown(min(strange))}: choose from the list")
    if NONE_OF_THESE in chosen and len(chosen) > 1:
        raise NotAnAnswer("选了“以上都没有”，就不能再选别的", "“none of these” cannot be chosen together with others")
    return {name: name in chosen for name in asked.of} if chosen else {}


def _text(asked: Field, _fact: Fact, text: str, _at: datetime) -> str:
    most = LONGEST.get(asked.kind, LONGEST_LINE)
    if len(text) > most:
        raise NotAnAnswer(f"有 {len(text)} 个字，最多 {most} 个，请写短些", f"has {len(text)} characters, at most {most}: shorten it")
    return text if asked.kind == "textarea" else " ".join(text.split())


def keys(typed: Sequence[str]) -> tuple[str, ...]:
    """The keys among what a browser sent for a photo or file field, each once; what is no key is left out."""
    words = [word.strip() for one in typed for word in one.split(",")]
    return tuple(dict.fromkeys(word for word in words if KEY.match(word)))


def _files(_asked: Field, _fact: Fact, text: str, _at: datetime) -> str:
    """The keys in their order, commas between. Whether there are such files is asked by whoever takes the answer."""
    found = keys([text])
    if len(found) < len({word.strip() for word in text.split(",")} - {""}):
        raise NotAnAnswer("有照片或文件没有传上来，请重新拍或重新选择", "a photo or file did not arrive: take or choose it again")
    if len(found) > MOST_FILES:
        raise NotAnAnswer(f"有 {len(found)} 个，最多 {MOST_FILES} 个，请移除几个", f"are {len(found)}, at most {MOST_FILES}: remove some")
    return ",".join(found)


def _digits(text: str) -> str:
    return re.sub(r"[\s()（）—–-]", "", unicodedata.normalize("NFKC", text))


def _mobile(_asked: Field, _fact: Fact, text: str, _at: datetime) -> str:
    found = MOBILE.match(_digits(text))
    if found is None:
        raise NotAnAnswer("不是手机号；手机号是 1 开头的 11 位数字，请核对", "is not a mobile number, which has 11 digits and begins with 1: check it")
    return found[1]


def _phone(_asked: Field, _fact: Fact, text: str, _at: datetime) -> str:
    digits = _digits(text)
    found = MOBILE.match(digits) or LANDLINE.match(digits)
    if found is None:
        raise NotAnAnswer("不是手机号，也不是带区号的座机号，请核对", "is neither a mobile number nor a landline with its area code: check it")
    return found[1]


def _id_card(_asked: Field, _fact: Fact, text: str, at: datetime) -> str:
    number = _digits(text).upper()
    wrong = NotAnAnswer("身份证号不对；应当是 18 位，请逐位核对", "is not a valid identity number of 18 characters: check each of them")
    if not ID_CARD.match(number):
        raise wrong
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise wrong from None
    if born > at.astimezone(LOCAL).date() or born.year < 1900:
        raise wrong
    if ID_CHECK[sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False)) % 11] != number[17]:
        raise wrong
    return number


def _yesno(_asked: Field, _fact: Fact, text: str, _at: datetime) -> bool | None:
    answers: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}
    if text not in answers:
        raise NotAnAnswer("请选“是”或“否”", "choose yes or no")
    return answers[text]


def _number(asked: Field, fact: Fact, text: str, _at: datetime) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    plain = plain.replace(",", "") if GROUPED.match(plain) else plain
    if not NUMBER.match(plain):
        raise NotAnAnswer(f"「{shown(text)}」不是数字，请只写数字", f"{shown(text)} is no number: write digits only")
    value = Decimal(plain)
    if value != round(value, fact.places):
        zh = f"最多 {fact.places} 位小数" if fact.places else "应当是整数"
        raise NotAnAnswer(
            f"{zh}，这里是 {plain}", f"has at most {fact.places} decimal places; this is {plain}" if fact.places else f"must be a whole number, not {plain}"
        )
    return _within(asked, fact, value)


def limits(asked: Field, fact: Fact) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that may be answered: the narrower of what the field and its fact allow."""
    return (asked.min if asked.min is not None else fact.min), (asked.max if asked.max is not None else fact.max)


def _within(asked: Field, fact: Fact, value: Decimal) -> Decimal:
    low, high = limits(asked, fact)
    if (low is not None and value < low) or (high is not None and value > high) or abs(value) * 10**fact.places > LARGEST:
        zh = f"应当在 {low} 到 {high} 之间" if low is not None and high is not None else f"应当不小于 {low}" if low is not None else f"应当不大于 {high}"
        en = (
            f"must be from {low} to {high}"
            if low is not None and high is not None
            else f"must be at least {low}"
            if low is not None
            else f"must be at most {high}"
        )
        raise NotAnAnswer(f"{zh}，这里是 {value}", f"{en}, not {value}")
    return value


def _option(_asked: Field, fact: Fact, text: str, _at: datetime) -> str:
    if text in fact.options:
        return text
    near_zh, near_en = offer(text, fact.options)
    raise NotAnAnswer(f"没有「{shown(text)}」这个选项{near_zh or '，请从列表里选'}", f"there is no option {shown(text)}{near_en or ': choose from the list'}")


def _day(asked: Field, fact: Fact, text: str, at: datetime) -> Decimal:
    try:
        day = date.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise NotAnAnswer("不是日期，请写成 2026-01-31 这样", "is no day: write it like 2026-01-31") from None
    return _within(asked, fact, Decimal((day - at.astimezone(LOCAL).date()).days))


def _moment(asked: Field, fact: Fact, text: str, at: datetime) -> Decimal:
    try:
        moment = datetime.fromisoformat(unicodedata.normalize("NFKC", text).replace(" ", "T"))
        minutes = (moment.replace(tzinfo=LOCAL) - at).total_seconds() // 60
    except (ValueError, OverflowError):
        raise NotAnAnswer("不是日期时间，请写成 2026-01-31T08:30 这样", "is no day and time: write it like 2026-01-31T08:30") from None
    return _within(asked, fact, Decimal(int(minutes)))


# by kind; `choices` has its own reader above
READERS: dict[str, Callable[[Field, Fact, str, datetime], FactValue | None]] = {
    "text": _text, "textarea": _text, "address": _text, "photo": _files, "file": _files,
    "cn_mobile": _mobile, "cn_phone": _phone, "cn_id": _id_card,
    "yesno": _yesno, "number": _number, "date": _day, "datetime": _moment,
    "choice": _option, "person": _option, "unit": _option, "tree": _option,
}  # fmt: skip
