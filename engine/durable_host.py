"""The only door to durable-rules: one compiled rule set in, the names of the rules that fire on one flat fact out.

It speaks to the C module directly, because the stock Host starts two endless threads, steals actions between threads and
swallows exceptions. Names, properties and numbers come from engine/compile.py alone, never from data.
"""

from __future__ import annotations

import threading

import durable_rules_engine

_RETRACT = '{"id":"1","sid":"0"}'  # a fact is taken back by its id alone
_SID = "0"  # the one state: the 1,025th crashes, and each keeps 12 KB a rule
_MOST_STEPS = 70_000  # more than the ranks there are; a loop that passes it is a fault of the engine
_NO_RULE_FIRES = 1
CANARY = "canary"
_CANARY_FIELD = "y"


class HostClosed(RuntimeError):
    """This version was replaced while the caller was on his way; ask the book again."""


class HostFailed(RuntimeError):
    """durable-rules refused a fact or a rule set; the message carries its error code."""


class Host:
    """One rule set inside durable-rules. Safe for many threads: one fact at a time, asserted, read and retracted under a lock.

    `rules` is the JSON of the rules without the braces around them and without the canary. Raises HostFailed when the engine refuses it or when the canary, run
    once as a self-test and because deleting a state before any action crashes, does not sing.
    """

    def __init__(self, name: str, rules: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._closed = False
        self._broken = False
        canary = f'"{CANARY}":{{"all":[{{"m":{{"{_CANARY_FIELD}":1}}}}],"pri":1}}'
        try:
            self._handle: int = durable_rules_engine.create_ruleset(name, f"{{{rules},{canary}}}" if rules else f"{{{canary}}}")
        except (durable_rules_engine.error, MemoryError) as refused:
            raise HostFailed(f"durable-rules 不接受规则集 {name}：{refused} (refuses the rule set)") from refused
        if self.fire(f'"{_CANARY_FIELD}":1') != [CANARY]:
            raise HostFailed(f"durable-rules 自检失败：{name} (self-test failed)")

    def fire(self, body: str) -> list[str]:
        """The rules that fire on the flat fact whose JSON properties are `body` (braces left off), each once, best `pri` first.

        Raises HostClosed after close(), HostFailed when the engine gives an error code; the fact is retracted in every case.
        """
        fact = f'{{"id":"1","sid":"{_SID}",{body}}}'
        with self._lock:
            if self._closed:
                raise HostClosed(self.name)
            if self._broken:
                raise HostFailed(f"durable-rules 规则集 {self.name} 已损坏，请重新发布 (the set is broken: publish it again)")
            try:
                return self._fire(fact)
            finally:
                if not self._broken:
                    durable_rules_engine.retract_fact(self._handle, _RETRACT)

    def _fire(self, fact: str) -> list[str]:
        try:
            code, state = durable_rules_engine.assert_fact(self._handle, fact)
        except (durable_rules_engine.error, MemoryError) as refused:
            raise HostFailed(f"durable-rules 不接受事实：{self.name}，{refused} (refuses the fact)") from refused
        if code == _NO_RULE_FIRES:  # it leaves the fact behind all the same
            return []
        if code != 0:
            raise HostFailed(f"durable-rules 返回 {code}：{self.name} (unexpected answer to a fact)")
        try:
            return self._actions(state)
        except (durable_rules_engine.error, MemoryError) as refused:
            raise HostFailed(f"durable-rules 求值出错：{self.name}，{refused} (evaluation failed)") from refused

    def _actions(self, state: int) -> list[str]:
        try:
            fired: list[str] = []
            action = durable_rules_engine.start_action_for_state(self._handle, state)
            if action is None:
                raise HostFailed(f"durable-rules 说有规则成立却给不出：{self.name} (a rule fires, and no action comes)")
            result: str | None = action[1]
            while result is not None:
                fired.append(result[2 : result.index('"', 2)])  # {"name":{"m":{…}}}
                if len(fired) > _MOST_STEPS:
                    raise HostFailed(f"durable-rules 不停地给出动作：{self.name} (never stops giving actions)")
                result = durable_rules_engine.complete_and_start_action(self._handle, state)
        except BaseException:  # a signal, say
            self._broken = True
            self._drain(state)
            raise
        return fired

    def _drain(self, state: int) -> None:
        """Takes up an evaluation that was broken off and ends it.

        An action left open locks the state, so that no rule fires for a minute; taking the fact back before all its actions are
        complete crashes on the next one. A set that cannot be drained stays broken and is never asked again.
        """
        durable_rules_engine.abandon_action(self._handle, state)
        step = durable_rules_engine.start_action_for_state(self._handle, state)
        for _ in range(_MOST_STEPS):
            if step is None:
                self._broken = False
                return
            step = durable_rules_engine.complete_and_start_action(self._handle, state)

    def close(self) -> None:
        """Gives the memory back; waits for the fact that is being judged. A second close does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._broken:  # what it left inside the engine is not touched any more
                return
            durable_rules_engine.delete_state(self._handle, _SID)
            durable_rules_engine.delete_ruleset(self._handle)
