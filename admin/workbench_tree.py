"""What the workbench works on: the files in force or a draft's, loaded once for each state of the text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from admin.base import Refused
from admin.workbench_family import Family, families
from engine.folder import Loaded
from engine.names import Names
from tickets.store import drafts, stamp
from tickets.store.drafts import DraftInfo
from tickets.store.names import names_from_database
from tickets.store.releases import tree_hash
from wiring import rulebook
from wiring.settings import Settings

KEPT = 6  # loaded trees; one has some megabytes
FRESH = 60.0  # seconds that counts of hits may be old
Held = TypeVar("Held")


@dataclass(frozen=True)
class State:
    """A draft's files (or, without a draft, those in force) as text, and what they mean. `base` is what is in force."""

    draft: DraftInfo | None
    base: dict[str, str]
    tree: dict[str, str]
    loaded: Loaded
    families: dict[str, Family]

    def family(self, name: str) -> Family:
        """The family of that name; Refused with the names there are."""
        if name not in self.families:
            known = "、".join(sorted(self.families))
            raise Refused(f"没有规则集「{name[:60]}」，现有：{known}", f"there is no rule set {name[:60]}; there are {known}", 404)
        return self.families[name]


class Kept:
    """Remembers loaded trees by their content, so that a page and its parts are not loaded twice. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: OrderedDict[object, Loaded] = OrderedDict()
        self._names: tuple[str, Names] | None = None
        self._aged: dict[object, tuple[float, object]] = {}

    def state(self, settings: Settings, draft_id: int | None, at: datetime) -> State:
        """The draft as it stands now; Refused when there is none of that number."""
        base = rulebook.tree_in_force(settings, at)
        draft = drafts.draft(draft_id) if draft_id is not None else None
        if draft_id is not None and draft is None:
            raise Refused(f"没有 {draft_id} 号草稿，请从上面的草稿里选", f"there is no draft {draft_id}: choose one above", 404)
        tree = rulebook.overlaid(base, draft.id) if draft is not None else base
        return State(draft, base, tree, self.loaded(tree), families(tree))

    def loaded(self, tree: dict[str, str]) -> Loaded:
        """The tree, loaded with the directory's names as they are now."""
        mark, names = self.names()
        key = (tree_hash(tree), mark)
        with self._lock:
            if key in self._loaded:
                self._loaded.move_to_end(key)
                return self._loaded[key]
        loaded = rulebook.load_tree(tree, names)
        with self._lock:
            self._loaded[key] = loaded
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
        return loaded

    def names(self) -> tuple[str, Names]:
        """The directory's names and the mark they were read at."""
        mark = str(stamp.stamp(stamp.DIRECTORY))
        held = self._names
        if held is None or held[0] != mark:
            held = (mark, names_from_database())
            self._names = held
        return held

    def aged(self, key: object, now: datetime, make: Callable[[], Held]) -> Held:
        """What `make` answered, at most a minute ago."""
        held = self._aged.get(key)
        moment = now.timestamp()
        if held is not None and 0 <= moment - held[0] < FRESH:
            return held[1]  # type: ignore[return-value]
        fresh = make()
        self._aged = {other: value for other, value in self._aged.items() if moment - value[0] < FRESH}
        self._aged[key] = (moment, fresh)
        return fresh
