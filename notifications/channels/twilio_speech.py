"""What a call says, as TwiML: the message in words that can be heard, and which key signs."""

from __future__ import annotations

import re

from twilio.twiml.voice_response import Gather, VoiceResponse

VOICES = {"zh": ("Polly.Zhiyu", "cmn-CN"), "en": ("Polly.Joanna", "en-US")}
SECONDS = 8  # waited for a key
NUMBER = re.compile(r"(?<!\d)\d{8}-(\d{4,})(?!\d)")
MOMENT = re.compile(r"(?<!\d)(\d{2})-(\d{2}) (\d{2}):(\d{2})(?!\d)")


def aloud(text: str, lang: str) -> str:
    """The text as it is read out: of a ticket's number the last digits one by one, times in words."""
    tail = "尾号 {}" if lang == "zh" else "ending in {}"
    text = NUMBER.sub(lambda found: tail.format(" ".join(found[1])), text)
    if lang == "zh":
        return MOMENT.sub(lambda at: f"{int(at[1])}月{int(at[2])}日{int(at[3])}点{int(at[4])}分", text)
    return MOMENT.sub(lambda at: f"{at[3]}:{at[4]} on the {int(at[2])} of month {int(at[1])}", text)


def asking(words: str, ask: str, action: str, lang: str) -> str:
    """Says the words and what to press, and waits for one key; without a key the action is asked all the same."""
    answer = VoiceResponse()
    gather = Gather(num_digits=1, action=action, method="POST", timeout=SECONDS, action_on_empty_result=True)
    _say(gather, f"{aloud(words, lang)} {ask}", lang)
    answer.append(gather)
    return str(answer)


def telling(words: str, lang: str) -> str:
    """Says the words and hangs up."""
    answer = VoiceResponse()
    _say(answer, aloud(words, lang), lang)
    answer.hangup()
    return str(answer)


def _say(where: VoiceResponse | Gather, words: str, lang: str) -> None:
    voice, language = VOICES.get(lang, VOICES["zh"])
    where.say(words, voice=voice, language=language)
